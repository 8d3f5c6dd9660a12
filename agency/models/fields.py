from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact, IsNull
from django.utils.functional import Promise

from agency.crypto import is_encrypted, ring

# The last two are how a trigger asks whether a row's value is another one than before.
ASKABLE = {Exact.lookup_name, IsNull.lookup_name, "df", "ndf"}


class _Kept(str):
    """A value that its row says is no secret."""

    __slots__ = ()


class EncryptedCharField(models.CharField):
    """Text that is readable in Python only: the database, its copies and its event tables hold
    ciphertext. `max_length` limits the text, not what is stored.

    `when=(name, values)` encrypts only rows whose field `name` has one of the values: for a column
    that holds values of many fields, few of them secret. Such a column cannot be written by
    `QuerySet.update`, which knows no row.
    """

    def __init__(
        self, *args: Any, when: tuple[str, Sequence[str]] | None = None, **kwargs: Any
    ) -> None:
        self.when = (when[0], tuple(when[1])) if when else None
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        if self.when:
            kwargs["when"] = (self.when[0], list(self.when[1]))
        return name, "agency.models.fields.EncryptedCharField", args, kwargs

    def db_type(self, connection: Any) -> str:
        return "text"

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else ring().decrypt(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str) and not self.is_secret_in(model_instance):
            return _Kept(value)
        return value

    def is_secret_in(self, row: models.Model) -> bool:
        """Whether the row's value is a secret."""
        return self.when is None or str(getattr(row, self.when[0])) in self.when[1]

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        if not isinstance(value, str) or isinstance(value, _Kept) or is_encrypted(value):
            return str(value) if isinstance(value, _Kept) else value
        return ring().encrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Promise):
            value = str(value)
        # `to_python` of a text field hands a string on as it is, with what it knows of its row.
        return self.to_python(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ASKABLE:
            raise FieldError(f"{self.name} is encrypted: it cannot be searched by {lookup_name}.")
        return super().get_lookup(lookup_name)
