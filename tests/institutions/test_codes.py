import pytest
from django.utils import translation

from agency.codes import check_character, credit_code_fault
from institutions.codes import national_code_fault

# The example of the standard, then codes companies print on their own pages.
KNOWN_CODES = [
    "91350100M000100Y43",
    "91440300708461136T",
    "91330106673959654P",
    "914403001922038216",
    "91110108551385082Q",
]


@pytest.mark.parametrize("code", KNOWN_CODES)
def test_check_character_of_known_codes(code):
    assert check_character(code[:17]) == code[17]
    assert credit_code_fault(code) is None


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        pytest.param(
            "91350100M000100Y42",
            "the check character is 2, by the first 17 characters it must be 3",
            id="wrong-check-character-names-the-right-one",
        ),
        pytest.param(
            "91350100M000100Y4",
            "a unified social credit code has 18 characters, this one 17",
            id="too-short",
        ),
        pytest.param(
            "91350100M000100YO3",
            "characters that no unified social credit code has: O",
            id="letter-that-is-never-used",
        ),
        pytest.param(
            "91350100m000100Y43",
            "characters that no unified social credit code has: m",
            id="lower-case",
        ),
    ],
)
def test_fault_of_a_credit_code(code, fault):
    with translation.override("en"):
        assert str(credit_code_fault(code)) == fault


def test_every_single_changed_character_is_found():
    code = KNOWN_CODES[0]
    for place in range(17):
        for other in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if other != code[place]:
                changed = code[:place] + other + code[place + 1 :]
                assert credit_code_fault(changed) is not None


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("H36040300001", True),
        ("H3604030000", False),
        ("H360403000012", False),
        ("P36040300001", False),
        ("H3604030000１", False),
    ],
)
def test_national_code(code, good):
    assert (national_code_fault(code) is None) == good
