"""C-09: the decision table, row by row, with the examples of the catalogue."""

import pytest

from agency.lawbook import QuestionError, ask
from tests.agency.calendars import office_for

ADDRESS = "registered_address"
MOVE = {"address_case": "RELOCATION", "from_district": "浔阳区", "to_district": "濂溪区"}
DEMOLITION = {
    "address_case": "GOV_DEMOLITION",
    "area_before": 400,
    "area_after": 400,
    "staff_before": 30,
    "staff_after": 30,
    "demolition_document": True,
}


def asked(fields: list[str], **more):
    return ask("C-09", {"fields": fields, **more}, office_for)


@pytest.mark.parametrize(
    ("fields", "more", "row", "route"),
    [
        (["name", "bank_account"], {}, "R1", "NO_REEVAL"),
        (["subjects", "scale", "level", "category", "phone"], {}, "R1", "NO_REEVAL"),
        (["phone"], MOVE, "R1", "NO_REEVAL"),
        ([ADDRESS], MOVE, "R5", "NO_REEVAL_WITH_COMMITMENT"),
        ([ADDRESS], {**MOVE, "to_district": "浔阳区"}, "R5", "NO_REEVAL_WITH_COMMITMENT"),
        ([ADDRESS], {**MOVE, "to_district": "开发区"}, "R5", "NO_REEVAL_WITH_COMMITMENT"),
        ([ADDRESS], {**MOVE, "from_district": "八里湖新区"}, "R5", "NO_REEVAL_WITH_COMMITMENT"),
        ([ADDRESS], {**MOVE, "to_district": "柴桑区"}, "R8", "REEVAL"),
        ([ADDRESS], {**MOVE, "from_district": "柴桑区"}, "R8", "REEVAL"),
        ([ADDRESS], {"address_case": "RELOCATION"}, "R8", "REEVAL"),
        ([ADDRESS, "name"], {**MOVE, "to_district": "八里湖新区"}, "R8", "REEVAL"),
        ([ADDRESS, "legal_representative"], MOVE, "R8", "REEVAL"),
        ([ADDRESS], {"address_case": "RENUMBERED"}, "R6", "NO_REEVAL"),
        ([ADDRESS], {"address_case": "AREA_CHANGE"}, "R6", "NO_REEVAL"),
        ([ADDRESS], DEMOLITION, "R6", "NO_REEVAL"),
        ([ADDRESS], {**DEMOLITION, "area_after": 420.5, "staff_after": 31}, "R6", "NO_REEVAL"),
        ([ADDRESS], {**DEMOLITION, "area_before": 420}, "R8", "REEVAL"),
        ([ADDRESS], {**DEMOLITION, "staff_after": 29}, "R8", "REEVAL"),
        ([ADDRESS], {**DEMOLITION, "scale_before": 20, "scale_after": 19}, "R8", "REEVAL"),
        ([ADDRESS], {**DEMOLITION, "scale_before": 20, "scale_after": 20}, "R6", "NO_REEVAL"),
        ([ADDRESS], {**DEMOLITION, "demolition_document": False}, "R8", "REEVAL"),
        ([ADDRESS], {**DEMOLITION, "staff_after": None}, "R8", "REEVAL"),
        ([ADDRESS, "bank_account"], {"address_case": "RENUMBERED"}, "R7", "MANUAL_REVIEW"),
        ([ADDRESS, "scale"], DEMOLITION, "R7", "MANUAL_REVIEW"),
        ([ADDRESS, "phone"], {"address_case": "AREA_CHANGE"}, "R7", "MANUAL_REVIEW"),
        ([ADDRESS, "nature"], {"address_case": "RENUMBERED"}, "R8", "REEVAL"),
        ([ADDRESS], {}, "R8", "REEVAL"),
        (["legal_representative"], {}, "R8", "REEVAL"),
        (["principal"], {}, "R8", "REEVAL"),
        (["actual_controller"], {}, "R8", "REEVAL"),
        (["nature"], {}, "R8", "REEVAL"),
        (["nature", "name"], {}, "R8", "REEVAL"),
    ],
)
def test_the_first_row_that_fits_decides(fields, more, row, route):
    answer = asked(fields, **more)
    assert (answer["row"], answer["route"]) == (row, route)
    assert answer["proposal"] == ("NO_REEVAL" if row == "R7" else None)
    assert len(answer["because"]) >= 3


@pytest.mark.parametrize(
    ("more", "exempt_by"),
    [
        ({"address_case": "RENUMBERED"}, "R2"),
        ({"address_case": "AREA_CHANGE"}, "R3"),
        (DEMOLITION, "R4"),
        ({**DEMOLITION, "area_after": 399}, None),
        (MOVE, None),
    ],
)
def test_rows_two_to_four_leave_the_address_out_of_account(more, exempt_by):
    assert asked([ADDRESS], **more)["exempt_by"] == exempt_by


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"fields": []}, "fields"),
        ({"fields": [ADDRESS], "address_case": "MOVED"}, "address_case"),
        ({"fields": [ADDRESS], "area_before": -1}, "area_before"),
        ({"fields": [ADDRESS], "area_before": True}, "area_before"),
        ({"fields": [ADDRESS], "area_before": "NaN"}, "area_before"),
        ({"fields": [ADDRESS], "staff_before": 1.5}, "staff_before"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(question, field):
    with pytest.raises(QuestionError) as error:
        ask("C-09", question, office_for)
    assert error.value.field == field
