"""Beat's timetable is the register of jobs; a real worker takes a message from a real broker."""

import pytest
from celery.contrib.testing.worker import start_worker

from agency.jobs import JOBS
from config.celery import app


def test_every_job_stands_in_the_timetable_at_its_hour():
    app.finalize(auto=True)
    timetable = app.conf.beat_schedule

    assert set(timetable) == {*JOBS, "agency.deliver_outbox"}
    assert app.conf.timezone == "Asia/Shanghai"
    for name, job in JOBS.items():
        entry = timetable[name]
        assert entry["task"] in app.tasks
        assert entry["kwargs"] == {"name": name}
        assert (entry["schedule"].hour, entry["schedule"].minute) == ({job.hour}, {job.minute})


@app.task(name="tests.double")
def double(number: int) -> int:
    return number * 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_answers_through_the_broker():
    with start_worker(app, perform_ping_check=False, shutdown_timeout=20):
        assert double.delay(21).get(timeout=20) == 42
