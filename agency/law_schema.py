"""Questions and answers of the lawbook as JSON Schema, for the API's description."""

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, get_args, get_origin

from agency.law_json import (
    MAX_ITEMS,
    MAX_QUANTITY,
    MAX_TEXT,
    FieldSpec,
    Quantity,
    encode_value,
    fields_of,
    shape_of,
    without_none,
)
from agency.lawbook import ON, REGION, Law
from agency.reasons import Reason

DATE_SCHEMA = {
    "type": "string",
    "format": "date",
    "pattern": r"^(19[5-9]\d|20\d\d|21\d\d)-\d\d-\d\d$",
}
TEXT_SCHEMA = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_TEXT,
    "pattern": r"^[!-~一-龥]+$",
}
SCALAR_SCHEMAS: Mapping[Any, dict[str, Any]] = {
    date: DATE_SCHEMA,
    str: TEXT_SCHEMA,
    bool: {"type": "boolean"},
    Decimal: {"type": "string", "pattern": r"^-?\d{1,14}(\.\d{1,4})?$"},
    Quantity: {"type": "number", "minimum": 0, "maximum": MAX_QUANTITY},
    Reason: {"type": "string"},
}
PAIR_SCHEMA = {"type": "array", "items": DATE_SCHEMA, "minItems": 2, "maxItems": 2}


def question_schema(law: Law) -> dict[str, Any]:
    """Return the schema of what a rule may be asked, region and day included."""
    schema = record_schema(law.question)
    schema["properties"] |= {
        REGION: {**TEXT_SCHEMA, "example": "360400"},
        ON: {**DATE_SCHEMA, "description": schema["properties"].get(ON, {}).get("description", "")},
    }
    return schema


def record_schema(question: type) -> dict[str, Any]:
    specs = fields_of(question)
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {spec.name: field_schema(spec) for spec in specs},
        "additionalProperties": False,
    }
    # An empty list of required fields is no valid schema.
    if required := [spec.name for spec in specs if spec.required]:
        schema["required"] = required
    return schema


def field_schema(spec: FieldSpec) -> dict[str, Any]:
    schema = {**value_schema(spec.annotation), "description": str(spec.label)}
    if spec.minimum is not None:
        schema["minimum"] = spec.minimum
    if spec.maximum is not None:
        schema["maximum"] = spec.maximum
    if not spec.required and spec.default is not None:
        schema["default"] = encode_value(spec.default)
    return schema


def answer_schema(law: Law) -> dict[str, Any]:
    """Return the schema of what a rule answers."""
    shape = shape_of(law.answer)
    return {
        "type": "object",
        "properties": {
            name: without_limits(value_schema(kind)) for name, (kind, _always) in shape.items()
        },
        "required": [name for name, (_kind, always) in shape.items() if always],
    }


def without_limits(schema: Any) -> Any:
    """Return the schema of a value for an answer: limits hold for what is asked, not told."""
    if isinstance(schema, dict):
        return {
            key: without_limits(value)
            for key, value in schema.items()
            if key not in {"pattern", "minLength", "maxLength", "maxItems"}
        }
    return schema


def value_schema(annotation: Any) -> dict[str, Any]:
    bare = without_none(annotation)
    schema = bare_schema(bare)
    if bare is annotation:
        return schema
    return {**schema, "nullable": True}


def bare_schema(bare: Any) -> dict[str, Any]:
    origin = get_origin(bare)
    if origin is tuple:
        items = get_args(bare)
        if items == (date, date):
            return PAIR_SCHEMA
        return {"type": "array", "items": value_schema(items[0]), "maxItems": MAX_ITEMS}
    if origin is not None:
        inner = value_schema(get_args(bare)[1])
        return {"type": "object", "additionalProperties": inner, "minProperties": 1}
    if bare is int:
        return {"type": "integer"}
    if bare in SCALAR_SCHEMAS:
        return dict(SCALAR_SCHEMAS[bare])
    if dataclasses.is_dataclass(bare):
        return record_schema(bare)  # type: ignore[arg-type]
    return {"type": "string", "enum": enum_values(bare)}


def enum_values(choices: type[Enum]) -> list[Any]:
    return [each.value for each in choices]


STRINGS = {"type": "array", "items": {"type": "string"}}
DESCRIPTION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "example": "B-04"},
        "article": {"type": "string"},
        "decides": {"type": "string"},
        "function": {"type": "string"},
        "tests": STRINGS,
        "parameters": STRINGS,
    },
    "required": ["id", "article", "decides", "function", "tests", "parameters"],
}
