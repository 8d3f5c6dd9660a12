"""The commands of the demo that need no loaded world."""

import csv

import pytest
from django.core.management import CommandError, call_command
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from agency.enums import Role
from agency.services.second_factor import spend_code
from demo.knowledge import Knowledge
from demo.world.accounts import ACCOUNTS, PASSWORD
from demo.world.factors import load_factors, secret_of
from tests.agency.factories import user_with
from tests.demo import oracle

pytestmark = pytest.mark.django_db


def test_generated_files_come_with_their_answer_key(tmp_path, capsys):
    options = {"--out": str(tmp_path), "--lines": "600", "--month": "2026-03"}
    arguments = [word for option in options.items() for word in option]
    call_command("generate_claims", *arguments, "--encoding", "gb18030")

    settlements = oracle.rows((tmp_path / "setl_d.csv").read_text("gb18030"))
    lines = oracle.rows((tmp_path / "fee_list_d.csv").read_text("gb18030"))
    with (tmp_path / "answers.csv").open(newline="") as file:
        answers = {tuple(row) for row in list(csv.reader(file))[1:]}
    # Neither an agreement nor a knowledge base is here: every ordinary line is found, no sex is.
    found = oracle.findings(settlements, lines, Knowledge((), (), frozenset()), lambda _day: False)
    assert answers == {tuple(str(value) for value in each) for each in found}
    assert len(lines) == 600
    assert "600 lines" in capsys.readouterr().out


def test_wrong_month_is_refused(tmp_path):
    with pytest.raises(CommandError, match="not a month"):
        call_command("generate_claims", "--out", str(tmp_path), "--month", "2026-13")
    assert list(tmp_path.iterdir()) == []


def test_accounts_are_printed_with_their_password(capsys):
    call_command("demo_accounts")

    printed = capsys.readouterr().out
    assert PASSWORD in printed
    assert all(account.username in printed for account in ACCOUNTS)


def test_accounts_say_who_needs_a_code_and_where_it_comes_from(capsys):
    call_command("demo_accounts")
    printed = capsys.readouterr().out
    assert "demo_code" in printed and secret_of("head") in printed
    assert secret_of("reviewer") not in printed


def test_a_code_of_the_demo_opens_once(capsys):
    head = user_with(Role.AGENCY_HEAD, username="head")
    load_factors({"head": head})
    for _each in range(3):
        call_command("demo_code", "head")
        code = capsys.readouterr().out.split()[0]
        assert spend_code(user=head, code=code) == []
        assert spend_code(user=head, code=code) != []
        TOTPDevice.objects.update(throttling_failure_count=0)
        StaticDevice.objects.update(throttling_failure_count=0)
    for username in ("reviewer", "nobody"):
        with pytest.raises(CommandError):
            call_command("demo_code", username)


def test_check_without_the_world_says_what_to_do(capsys):
    with pytest.raises(SystemExit) as end:
        call_command("demo_check", url="http://127.0.0.1:9")
    assert end.value.code == 1
    assert "load_demo" in capsys.readouterr().err
