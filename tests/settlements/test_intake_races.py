"""Two uploads at once, two workers at once, a worker that dies in the middle."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, connections

from agency.models import Attachment
from settlements import tasks
from settlements.enums import BatchState
from settlements.models import BatchFile, Charge, ClaimBatch, Finding, Shelf
from settlements.services import batch_files, intake, loading
from settlements.services.intake import take_in
from settlements.services.review import review_batch, running
from settlements.services.submission import submit_batch
from tests.settlements.claimfiles import AT, institution_in_force, ordinary, uploads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def institution():
    return institution_in_force()


def in_threads(*jobs):
    """Run the jobs at once, each on its own connection; return what each returned or raised."""
    start = Barrier(len(jobs))

    def run(job):
        try:
            start.wait(10)
            return job()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_two_identical_uploads_at_once_make_one_batch(institution):
    contents = ordinary(institution.code).csv()

    def submit():
        return submit_batch(institution=institution, files=uploads(contents), by=None, at=AT)

    results = in_threads(submit, submit, submit)

    assert sorted(each.is_new for each in results) == [False, False, True]
    batch = ClaimBatch.objects.get()
    assert {each.batch for each in results} == {batch}
    assert BatchFile.objects.count() == Attachment.objects.count() == 2


@pytest.mark.parametrize("threshold", [1, 10_000], ids=["own-shelf", "shared-shelf"])
def test_two_workers_at_once_store_a_batch_once(institution, settings, threshold):
    settings.CLAIMS_OWN_SHELF_FROM = threshold
    files = uploads(ordinary(institution.code).csv())
    batch = submit_batch(institution=institution, files=files, by=None, at=AT).batch

    def work():
        return take_in(batch_id=batch.pk, at=AT).state

    results = in_threads(work, work)

    assert BatchState.ACCEPTED in results
    assert not [each for each in results if isinstance(each, Exception)]
    batch = ClaimBatch.objects.get()
    assert batch.state == BatchState.ACCEPTED
    assert Charge.objects.of(batch).count() == 12
    assert batch.transitions.filter(act="accept").count() == 1


def test_same_settlements_in_two_batches_at_once_are_taken_in_once(institution):
    one = ordinary(institution.code)
    two = ordinary(institution.code, lines=5)
    batches = [
        submit_batch(institution=institution, files=uploads(each.csv()), by=None, at=AT).batch
        for each in (one, two)
    ]

    def work(batch):
        return lambda: take_in(batch_id=batch.pk, at=AT).state

    results = in_threads(*[work(each) for each in batches])

    assert sorted(results) == [BatchState.ACCEPTED, BatchState.REJECTED]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT setl_id) FROM settlements_claim"
            " WHERE batch_id = ANY(%s)",
            [[each.pk for each in batches]],
        )
        assert cursor.fetchone() == (3, 3)


class Killed(BaseException):
    """What a worker's end looks like from inside: nothing catches it."""


@pytest.mark.parametrize("threshold", [1, 10_000], ids=["own-shelf", "shared-shelf"])
@pytest.mark.parametrize("where", ["copy_lines", "net_refunds", "settle_once"])
def test_killed_worker_leaves_nothing_and_the_batch_is_taken_up_again(
    institution, settings, monkeypatch, threshold, where
):
    settings.CLAIMS_OWN_SHELF_FROM = threshold
    files = uploads(ordinary(institution.code).csv())
    batch = submit_batch(institution=institution, files=files, by=None, at=AT).batch

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(loading, where, die)
        with pytest.raises(Killed):
            take_in(batch_id=batch.pk, at=AT)

    batch = ClaimBatch.objects.get()
    assert batch.state == BatchState.CHECKING
    assert not Shelf.objects.filter(kind="own").exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM settlements_charge WHERE batch_id = %(id)s)"
            " + (SELECT count(*) FROM settlements_claim WHERE batch_id = %(id)s)"
            " + (SELECT count(*) FROM settlements_settledonce WHERE batch_id = %(id)s)",
            {"id": batch.pk},
        )
        assert cursor.fetchone() == (0,)

    assert take_in(batch_id=batch.pk, at=AT).state == BatchState.ACCEPTED
    assert Charge.objects.of(ClaimBatch.objects.get()).count() == 12


def test_killed_connection_gives_the_batch_free(institution):
    """The server ends a transaction whose client is gone: its locks and its rows go with it."""
    files = uploads(ordinary(institution.code).csv())
    batch = submit_batch(institution=institution, files=files, by=None, at=AT).batch
    working, told = Event(), []
    copy_claims = loading.copy_claims

    def hang(*args):
        copy_claims(*args)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            told.append(cursor.fetchone()[0])
            working.set()
            cursor.execute("SELECT pg_sleep(30)")

    def work():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loading, "copy_claims", hang)
            take_in(batch_id=batch.pk, at=AT)

    def kill():
        assert working.wait(20)
        # A second worker meanwhile leaves the batch alone.
        assert take_in(batch_id=batch.pk, at=AT).state == BatchState.CHECKING
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", told)

    died, killed = in_threads(work, kill)

    assert isinstance(died, Exception)
    assert killed is None
    assert take_in(batch_id=batch.pk, at=AT).state == BatchState.ACCEPTED


def test_killed_review_is_finished_by_the_next_worker(institution, monkeypatch):
    files = ordinary(institution.code)
    files.lines[0]["fee_ocur_time"] = "2026-10-01 08:00:00"
    batch = submit_batch(institution=institution, files=uploads(files.csv()), by=None, at=AT).batch
    take_in(batch_id=batch.pk, at=AT)

    def die(**facts):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(running, "open_statement", die)
        with pytest.raises(Killed):
            review_batch(batch_id=batch.pk, at=AT)
    assert ClaimBatch.objects.get().state == BatchState.REVIEWING
    assert not Finding.objects.exists()

    assert tasks.review_batch(batch_id=batch.pk) == BatchState.REVIEWED
    assert Finding.objects.count() == 1
    assert tasks.review_batch(batch_id=batch.pk) == BatchState.REVIEWED


def test_two_reviews_at_once_are_one(institution):
    files = ordinary(institution.code)
    files.lines[0]["fee_ocur_time"] = "2026-10-01 08:00:00"
    batch = submit_batch(institution=institution, files=uploads(files.csv()), by=None, at=AT).batch
    take_in(batch_id=batch.pk, at=AT)

    def work():
        return tasks.review_batch(batch_id=batch.pk)

    results = in_threads(work, work)

    assert not [each for each in results if isinstance(each, Exception)]
    assert ClaimBatch.objects.get().state == BatchState.REVIEWED
    assert Finding.objects.count() == 1
    assert batch.transitions.filter(act="review").count() == 1


def test_tasks_go_on_from_intake_to_review(institution, monkeypatch):
    files = uploads(ordinary(institution.code).csv())
    batch = submit_batch(institution=institution, files=files, by=None, at=AT).batch
    sent = []
    monkeypatch.setattr(tasks.review_batch, "delay", lambda **facts: sent.append(facts))

    assert tasks.intake_batch(batch_id=batch.pk) == BatchState.ACCEPTED

    assert sent == [{"batch_id": batch.pk}]


def test_what_a_worker_left_lying_is_handed_out_again(institution, monkeypatch):
    batch = submit_batch(
        institution=institution, files=uploads(ordinary(institution.code).csv()), by=None, at=AT
    ).batch
    ClaimBatch.objects.filter(pk=batch.pk).update(submitted_at=AT.replace(year=2026, month=1))
    sent = []
    monkeypatch.setattr(tasks.intake_batch, "delay", lambda **facts: sent.append(facts))

    assert tasks.resume_batches(AT.date()) == 1

    assert sent == [{"batch_id": batch.pk}]


def test_progress_is_told_while_it_runs(institution, settings, monkeypatch):
    settings.CLAIMS_OWN_SHELF_FROM = 1
    batch = submit_batch(
        institution=institution, files=uploads(ordinary(institution.code).csv()), by=None, at=AT
    ).batch
    steps = []
    for module in (intake, batch_files):
        monkeypatch.setattr(module, "report_progress", lambda *facts: steps.append(facts[1].value))

    take_in(batch_id=batch.pk, at=AT)

    assert steps == ["reading", "lines", "comparing", "indexing"]
