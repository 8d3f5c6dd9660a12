"""The benches measure what they say; how fast is not for a shared machine to tell."""

from random import Random

import pytest
from django.core.management import CommandError, call_command

from agreements.enums.life import AgreementState
from agreements.models import Agreement, AgreementTransition
from agreements.services.deadlines import end_terms
from bench import names as bench_names
from bench import search, workdays
from bench.agreements import ON, TERMS, load
from bench.registry import BENCHES
from bench.rounds import result
from institutions.models import Institution, InstitutionName
from institutions.services.names import spelling_of
from tests.agency.factories import NOW


def test_the_ratio_is_the_median_of_pairs():
    found = result("x", must=2, aim=1, ours=[1, 4, 9], limit=[1, 2, 3], size=10)
    assert (found["ratio"], found["ours_s"], found["limit_s"], found["rounds"]) == (2, 4, 2, 3)


def test_the_benches_of_the_first_day_are_there():
    assert {"intake", "review", "sweep", "workdays"} <= BENCHES.keys()
    with pytest.raises(CommandError):
        call_command("bench", "no-such-bench")


@pytest.mark.django_db
def test_offsets_equal_bisect():
    assert workdays.measure(lines=1, rounds=1)["mismatches"] == 0


@pytest.mark.django_db
def test_the_swept_world_has_what_is_due_and_no_more():
    load(rows=10 * TERMS, due=4)
    load(rows=5 * TERMS, due=0, first=10)
    assert Agreement.objects.count() == 15 * TERMS
    assert Agreement.objects.filter(state=AgreementState.EFFECTIVE).count() == 15
    assert end_terms(on=ON, at=NOW) == 4
    assert end_terms(on=ON, at=NOW) == 0
    assert AgreementTransition.objects.filter(act="expire").count() == 4


@pytest.mark.django_db
def test_the_register_of_the_bench_is_searched_like_any_other():
    names = bench_names.load(rows=300, seed=7)
    assert names == list(bench_names.names(300, 7))
    assert Institution.objects.count() == InstitutionName.objects.count() == 300
    for text in ("诊所", "医院", names[0][1:4], names[9][:4]):
        search._compare(text)
    spelt = InstitutionName.objects.get(institution=1)
    assert spelt.initials == spelling_of(names[0])[0]
    assert search._part("九江市", 2, Random(1)) in ("九江", "江市")
