from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agency.rules import Refusal
from settlements.exports import write_findings
from settlements.models import ClaimBatch, Finding
from settlements.services.review import finding_counts, review_batch


class Command(BaseCommand):
    help = "Review an accepted batch: run every check, print the count of each, export findings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int, metavar="ID")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="write the findings there")

    def handle(self, *args: Any, **options: Any) -> None:
        if not ClaimBatch.objects.filter(pk=options["batch"]).exists():
            raise CommandError(f"no batch {options['batch']}")
        try:
            batch = review_batch(batch_id=options["batch"], at=timezone.now())
        except Refusal as refusal:
            raise CommandError("; ".join(str(each) for each in refusal.obstacles)) from refusal
        counts = finding_counts(batch)
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
        self.stdout.write(f"total: {sum(counts.values())}")
        if options["csv"]:
            with options["csv"].open("w", encoding="utf-8", newline="") as stream:
                write_findings(stream, Finding.objects.filter(batch=batch))
