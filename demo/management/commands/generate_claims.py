from argparse import ArgumentTypeError
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from agreements.models import Agreement
from demo.claims import generate
from demo.claims.batch import previous_month
from demo.knowledge import in_use
from demo.world.institutions import OPEN_FOR_TRIALS


def month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError as error:
        raise ArgumentTypeError(f"{text}: not a month (YYYY-MM)") from error


class Command(BaseCommand):
    help = (
        "Write an invented claim batch (setl_d.csv, fee_list_d.csv) and its answer key "
        "(answers.csv) for the knowledge base and the agreements as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--institution", default=OPEN_FOR_TRIALS.code, metavar="CODE")
        parser.add_argument("--hosp-lv", default=OPEN_FOR_TRIALS.level.value)
        parser.add_argument("--month", type=month, help="YYYY-MM, by default last month")
        parser.add_argument("--lines", type=int, default=5000)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--tag", default="", help="makes identifiers differ within a month")
        parser.add_argument(
            "--encoding", choices=["utf-8", "utf-8-sig", "gb18030"], default="utf-8"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        agreements = Agreement.objects.filter(institution__code=options["institution"])
        files = generate(
            institution=options["institution"],
            hosp_lv=options["hosp_lv"],
            month=options["month"] or previous_month(today),
            lines=options["lines"],
            knowledge=in_use(today),
            in_force=lambda day: agreements.in_force_on(day).exists(),
            seed=options["seed"],
            tag=options["tag"],
            encoding=options["encoding"],
        )
        out: Path = options["out"]
        out.mkdir(parents=True, exist_ok=True)
        (out / "setl_d.csv").write_bytes(files.settlements)
        (out / "fee_list_d.csv").write_bytes(files.lines)
        rows = ["check,setl_id,bkkp_sn,amount,fund_amount"]
        rows += [
            f"{each.check},{each.setl_id},{each.bkkp_sn},{each.amount},{each.fund_amount}"
            for each in files.answers
        ]
        (out / "answers.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        self.stdout.write(
            f"{files.settlement_count:,} settlements, {files.line_count:,} lines, "
            f"{len(files.answers):,} findings expected: {out}"
        )
