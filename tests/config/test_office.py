"""The supervisor: who dies is named with the end of its log; who is asked to stop stops."""

import socket
import sys

import pytest

from config import office


@pytest.fixture
def logs(tmp_path, monkeypatch):
    monkeypatch.setattr(office, "LOGS", tmp_path / "logs")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_dead_child_is_named_with_the_end_of_its_log(logs):
    child = office.launch("worker", python("print('no broker'); raise SystemExit(3)"))
    child.process.wait(20)

    with pytest.raises(office.OfficeError, match=r"worker ended with code 3[\s\S]*no broker"):
        office.check_alive([child])


def test_children_are_stopped_even_when_they_ignore_it(logs, monkeypatch):
    monkeypatch.setattr(office, "STOP_TIMEOUT_S", 1)
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"
    children = [
        office.launch("web", python("import time; time.sleep(60)")),
        office.launch("worker", [sys.executable, "-u", "-c", stubborn]),
    ]
    while "up" not in children[1].log.read_text():
        pass

    office.stop(children)

    assert all(child.process.returncode is not None for child in children)


def test_a_taken_port_is_passed_over(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    with socket.socket() as taken:
        taken.bind((office.HOST, 0))
        taken.listen()
        monkeypatch.setattr(office, "FIRST_PORT", taken.getsockname()[1])

        assert office.pick_port() != taken.getsockname()[1]


def test_a_port_asked_for_is_not_replaced_by_another(monkeypatch):
    with socket.socket() as taken:
        taken.bind((office.HOST, 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))

        with pytest.raises(office.OfficeError, match="No free port"):
            office.pick_port()


def test_an_office_opens_once(tmp_path, monkeypatch):
    monkeypatch.setattr(office, "LOCAL", tmp_path)

    with (
        office.only_one(),
        pytest.raises(office.OfficeError, match="already open"),
        office.only_one(),
    ):
        pass
