import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from agency.law_json import read_json
from agency.law_schema import question_schema
from agency.lawbook import Law, OfficeFor, QuestionError, ask
from agency.services.laws import all_laws, offices, rule_tests

BAD_INPUT = 2
LANGUAGES = ("zh-hans", "en")


class Command(BaseCommand):
    help = "The lawbook: without arguments its table; with a rule and a question, the answer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rule", nargs="?", metavar="ID", help="a rule id, such as B-04")
        parser.add_argument("question", nargs="?", metavar="JSON", help="the question as JSON")
        parser.add_argument("--batch", metavar="FILE", help="questions, one a line; - for stdin")
        parser.add_argument("--lang", choices=LANGUAGES, default="zh-hans", help="of the reasons")

    def handle(self, *args: Any, **options: Any) -> None:
        with override(options["lang"]):
            laws = all_laws()
            office_for = offices(today=timezone.localdate())
            if options["batch"]:
                if options["rule"]:
                    raise CommandError(_("Give either a rule or --batch."), returncode=BAD_INPUT)
                for line in batch(options["batch"], office_for):
                    self.stdout.write(line)
            elif options["rule"] is None:
                self.stdout.write(table(laws))
            elif options["question"] is None:
                self.stdout.write(description(laws, options["rule"]))
            else:
                self.stdout.write(answer(options["rule"], options["question"], office_for))


def answer(rule: str, text: str, office_for: OfficeFor) -> str:
    try:
        return as_json(ask(rule, read_json(text), office_for))
    except QuestionError as error:
        raise CommandError(str(error), returncode=BAD_INPUT) from error


def batch(name: str, office_for: OfficeFor) -> Iterator[str]:
    """Yield a line of JSON for each question of the file, in order."""
    with ExitStack() as stack:
        try:
            lines: TextIO = sys.stdin
            if name != "-":
                lines = stack.enter_context(Path(name).open(encoding="utf-8-sig"))
            yield from (batch_answer(line, office_for) for line in lines if line.strip())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(
                _("%(name)s cannot be read as text in UTF-8.") % {"name": name},
                returncode=BAD_INPUT,
            ) from error


def batch_answer(line: str, office_for: OfficeFor) -> str:
    try:
        asked = read_json(line)
        if not isinstance(asked, dict) or not asked.keys() <= {"id", "question"}:
            raise QuestionError("line", asked, _('an object with "id" and "question"'))
        return as_json(ask(asked.get("id"), asked.get("question"), office_for))
    except QuestionError as error:
        return as_json({"error": str(error), "field": error.field})


def description(laws: list[Law], rule: str) -> str:
    """Describe one rule: its row of the table, and what to ask."""
    chosen = [each for each in laws if each.id == rule]
    if not chosen:
        known = ", ".join(each.id for each in laws)
        raise CommandError(
            _("There is no rule %(rule)s. There are: %(known)s.") % {"rule": rule, "known": known},
            returncode=BAD_INPUT,
        )
    return as_json({**row(chosen[0]), "question": question_schema(chosen[0])}, indent=2)


def row(law: Law) -> dict[str, Any]:
    return {
        "id": law.id,
        "article": str(law.article),
        "decides": str(law.decides),
        "function": law.function_path,
        "tests": list(rule_tests().get(law.id, ())),
        "parameters": list(law.parameters),
    }


def table(laws: list[Law]) -> str:
    """Return the rules, one a line, columns by tabs, so that cut and awk can read them."""
    head = [_("Rule"), _("Article"), _("Decides"), _("Function"), _("Tests"), _("Parameters")]
    rows = [
        [
            each["id"],
            each["article"],
            each["decides"],
            each["function"],
            " ".join(each["tests"]) or "-",
            " ".join(each["parameters"]) or "-",
        ]
        for each in map(row, laws)
    ]
    return "\n".join("\t".join(cells) for cells in [head, *rows])


def as_json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
