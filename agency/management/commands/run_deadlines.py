from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agency.jobs import in_order
from agency.services.jobs import run_job


class Command(BaseCommand):
    help = "Run all nightly jobs of one day, in their order, and print what each did."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="the day to act for, by default today")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = date.fromisoformat(options["on"]) if options["on"] else timezone.localdate()
        except ValueError as error:
            raise CommandError(f"--on {options['on']}: not a date (YYYY-MM-DD)") from error
        if on > timezone.localdate():
            raise CommandError(
                f"--on {on}: that day has not come yet; jobs act for today and earlier days"
            )
        failed = []
        for job in in_order():
            try:
                run = run_job(job.name, on=on)
            except Exception as error:  # noqa: BLE001 - recorded; one job's fault stops no other
                failed.append(job.name)
                self.stderr.write(f"{on} {job.name}: {type(error).__name__}: {error}")
            else:
                self.stdout.write(f"{on} {job.name}: {run.count}")
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}")
