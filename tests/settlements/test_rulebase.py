"""Importing and releasing the knowledge base (claims.md §4)."""

import io
import shutil
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from agency.enums import Role
from agency.rules import Refusal
from settlements.enums import KnowledgeKind, KnowledgeState
from settlements.knowledge_files import FILE_NAMES, read_folder
from settlements.models import KnowledgeRow, KnowledgeVersion
from settlements.services.rulebase import import_rulebase, release_as_operator, release_rulebase
from tests.agency.factories import user_with
from tests.settlements.claimfiles import AT

SAMPLE = Path(__file__).parents[2] / "settlements" / "rulebase"
NATIONAL = Path(__file__).parents[3] / "shared" / "data" / "rules"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(SAMPLE, tmp_path / "rules"))


def replace_in(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("source", [SAMPLE, NATIONAL], ids=["sample", "national"])
def test_every_file_is_read_without_errors(source):
    if not source.exists():
        pytest.skip(f"no knowledge base at {source.name}")
    base = read_folder(source)

    assert base.errors == []
    assert sorted(base.counts) == FILE_NAMES
    assert set(Counter(row.kind for row in base.rows)) == set(KnowledgeKind)
    # A drug's row of facts becomes one row for each of its codes.
    facts = {f"{kind.value}.csv" for kind in KnowledgeKind if kind.value.startswith("drug")}
    assert len(base.rows) == sum(count for name, count in base.counts.items() if name not in facts)


@pytest.mark.skipif(not NATIONAL.exists(), reason="no national knowledge base here")
def test_numbers_are_read_from_the_national_words():
    rows = read_folder(NATIONAL).rows
    courses = {row.code: row.period_days for row in rows if row.kind == KnowledgeKind.ITEM_COURSE}
    assert courses["003402000050000"] == 90  # “总时间不超过90天，评定间隔时间不短于14天。”
    assert courses["003402000210000"] == 30
    assert courses["003402000350000"] == 365  # “支付不超过一年，…”
    interval = next(row for row in rows if row.kind == KnowledgeKind.ITEM_INTERVAL)
    assert (interval.quantity, interval.period_days) == (Decimal(1), 7)
    drug = next(row for row in rows if row.kind == KnowledgeKind.DRUG_COURSE)
    assert (drug.limit_value, drug.period_days) == ("14天", 14)


@pytest.mark.django_db
class TestImport:
    def test_same_contents_make_one_version(self, folder):
        first = import_rulebase(folder=folder, source="rules", at=AT)
        again = import_rulebase(folder=folder, source="elsewhere", at=AT)

        assert first.is_new
        assert not again.is_new
        assert again.version == first.version
        assert KnowledgeRow.objects.filter(version=first.version).count() == len(first.base.rows)
        assert first.version.row_counts == first.base.counts

    def test_one_changed_word_makes_another_version(self, folder):
        first = import_rulebase(folder=folder, source="rules", at=AT).version
        replace_in(folder, "item_sex.csv", "女", "男")

        second = import_rulebase(folder=folder, source="rules", at=AT).version

        assert second.number == first.number + 1

    def test_gb18030_files_are_taken(self, folder):
        path = folder / "item_sex.csv"
        path.write_text(path.read_text(encoding="utf-8"), encoding="gb18030")

        imported = import_rulebase(folder=folder, source="rules", at=AT)

        assert KnowledgeRow.objects.filter(version=imported.version, limit_value="女").exists()

    @pytest.mark.parametrize(
        ("name", "old", "new", "told"),
        [
            ("item_frequency.csv", ",1,", ",once,", "item_frequency.csv"),
            ("item_sex.csv", "限定性别\n", "sex\n", "item_sex.csv"),
            ("drug_sex.csv", ",女", ",", "drug_sex.csv"),
            ("item_course.csv", "不超过", "没有", "item_course.csv"),
        ],
    )
    def test_wrong_rows_are_told_and_nothing_is_imported(self, folder, name, old, new, told):
        path = folder / name
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
        assert old in text
        changed = text.replace(old, new)
        if name == "item_course.csv":
            changed = changed.replace("天", "日")
        path.write_text(changed, encoding="utf-8")

        with pytest.raises(Refusal) as refusal:
            import_rulebase(folder=folder, source="rules", at=AT)

        assert told in str(refusal.value)
        assert not KnowledgeVersion.objects.exists()

    def test_missing_file_is_told(self, folder):
        (folder / "drug_sex_codes.csv").unlink()

        with pytest.raises(Refusal) as refusal:
            import_rulebase(folder=folder, source="rules", at=AT)

        assert [each.code for each in refusal.value.obstacles] == ["rulebase_row"]


@pytest.mark.django_db
class TestRelease:
    @pytest.fixture
    def version(self):
        importer = user_with(Role.CLAIM_REVIEWER)
        return import_rulebase(folder=SAMPLE, source="rules", at=AT, by=importer).version

    def test_second_person_releases(self, version):
        head = user_with(Role.AGENCY_HEAD)

        release_rulebase(version_id=version.pk, by=head, at=AT)

        version = KnowledgeVersion.objects.get(pk=version.pk)
        assert version.state == KnowledgeState.RELEASED
        assert (version.released_by, str(version.released_on)) == (head, "2026-11-20")
        day = version.released_on
        assert KnowledgeVersion.objects.in_use_on(day) == version
        assert KnowledgeVersion.objects.in_use_on(day - timedelta(days=1)) is None

    def test_importer_does_not_release(self, version):
        with pytest.raises(Refusal) as refusal:
            release_rulebase(version_id=version.pk, by=version.imported_by, at=AT)

        assert [each.code for each in refusal.value.obstacles] == ["second_person_needed"]
        assert KnowledgeVersion.objects.get(pk=version.pk).state == KnowledgeState.DRAFT

    def test_database_wants_a_second_person(self, version):
        rows = KnowledgeVersion.objects.filter(pk=version.pk)
        with (
            pytest.raises(IntegrityError, match="knowledgeversion_released_by_another"),
            transaction.atomic(),
        ):
            rows.update(
                state="released",
                released_on="2026-11-20",
                released_at=AT,
                released_by=version.imported_by,
            )

    def test_released_twice_is_released_once(self, version):
        head = user_with(Role.AGENCY_HEAD)
        release_rulebase(version_id=version.pk, by=head, at=AT)

        with pytest.raises(Refusal) as refusal:
            release_rulebase(version_id=version.pk, by=head, at=AT)
        assert [each.code for each in refusal.value.obstacles] == ["already_released"]
        assert release_as_operator(version_id=version.pk, at=AT).released_by == head


@pytest.mark.django_db
class TestCommand:
    def run(self, *args) -> str:
        stream = io.StringIO()
        call_command("import_rulebase", *args, stdout=stream, stderr=io.StringIO())
        return stream.getvalue()

    def test_without_release_it_waits_for_a_second_person(self, folder):
        (folder / "notes.csv").write_text("a,b\n")

        told = self.run(str(folder))

        version = KnowledgeVersion.objects.get()
        assert version.state == KnowledgeState.DRAFT
        assert f"version: {version.number} (draft)" in told
        assert "item_sex.csv:" in told
        assert "notes.csv: ignored" in told

    def test_release_is_recorded_as_the_operators(self, folder):
        self.run(str(folder), "--release")
        self.run(str(folder), "--release")

        version = KnowledgeVersion.objects.get()
        assert version.state == KnowledgeState.RELEASED
        assert version.released_by is None
        assert list(version.transitions.values_list("act", "reason")) == [
            ("import", "operator"),
            ("release", "operator"),
        ]

    def test_errors_end_it(self, folder):
        (folder / "item_age.csv").write_bytes(b"\xff\xff\x81")
        with pytest.raises(CommandError, match="nothing imported"):
            self.run(str(folder))

    @pytest.mark.skipif(not NATIONAL.exists(), reason="no national knowledge base here")
    def test_takes_the_national_base_as_it_is(self):
        told = self.run(str(NATIONAL), "--release")
        assert "rows: 15630" in told or "rows:" in told
        assert KnowledgeRow.objects.filter(kind="drug_sex").count() == 6472
