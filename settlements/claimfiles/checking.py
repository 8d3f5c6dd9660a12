"""Validation by whole columns (claims.md §2). Amounts are exact decimals, never floats."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

import polars as pl

from settlements.claimfiles.columns import LINES, SETTLEMENTS, Column, Form
from settlements.claimfiles.errors import ErrorLog, Fault

SETL, FEE = "setl_d.csv", "fee_list_d.csv"
FAULT_OF_FORM = {
    Form.IDENTIFIER: Fault.TOO_LONG,
    Form.TEXT: Fault.TOO_LONG,
    Form.DATE: Fault.NOT_A_DATE,
    Form.TIME: Fault.NOT_A_TIME,
    Form.MONEY: Fault.NOT_AN_AMOUNT,
    Form.QUANTITY: Fault.NOT_AN_AMOUNT,
    Form.PRICE: Fault.NOT_AN_AMOUNT,
}


def check_values(
    file: str, frame: pl.DataFrame, columns: list[Column], log: ErrorLog
) -> pl.DataFrame:
    """Log every value that is missing or does not parse; return the frame with `is_sound`, false
    for rows that had one.
    """
    present = [each for each in columns if each.name in frame.columns]
    needed = [each for each in present if not each.may_be_empty]
    flags = frame.select(
        *[each.wrong().fill_null(value=False).alias(f"wrong.{each.name}") for each in present],
        *[each.missing().alias(f"missing.{each.name}") for each in needed],
    )
    any_bad = pl.any_horizontal(pl.all())
    is_bad = flags.select(any_bad).to_series()
    if is_bad.any():
        for each in present:
            rows = _marked(frame, each.name, flags[f"wrong.{each.name}"])
            log.add_rows(file, each.name, FAULT_OF_FORM[each.form], rows)
        for each in needed:
            rows = _marked(frame, each.name, flags[f"missing.{each.name}"])
            log.add_rows(file, each.name, Fault.VALUE_MISSING, rows)
    return frame.with_columns((~is_bad).alias("is_sound"))


def _marked(frame: pl.DataFrame, column: str, mask: pl.Series) -> pl.DataFrame:
    return frame.filter(mask).select("row", pl.col(column).alias("value"))


def check_institution(file: str, frame: pl.DataFrame, submitter: str, log: ErrorLog) -> None:
    """Log every row whose institution is not the submitter."""
    foreign = frame.filter(pl.col("fixmedins_code") != submitter)
    log.add_rows(
        file, "fixmedins_code", Fault.INSTITUTION_OTHER, _valued(foreign, "fixmedins_code")
    )


def likely_month(frame: pl.DataFrame) -> date | None:
    """Return the first day of the month most settlements are of; the earlier one of a tie."""
    first_day = (pl.col("setl_time").str.slice(0, 7) + "-01").str.to_date("%Y-%m-%d", strict=False)
    months = frame.select(first_day).to_series()
    counts = (
        months.drop_nulls().value_counts().sort(["count", "setl_time"], descending=[True, False])
    )
    return counts["setl_time"][0] if counts.height else None


def check_settlements(
    frame: pl.DataFrame, month: date | None, submitter: str, log: ErrorLog
) -> pl.DataFrame:
    """Log what is wrong with the settlements by themselves; return them with `claim_no` and the
    exact `fee`, null where it does not parse.
    """
    frame = check_values(SETL, frame, SETTLEMENTS, log)
    check_institution(SETL, frame, submitter, log)
    log_repeated(SETL, "setl_id", frame, log)
    sound = frame.filter("is_sound")
    if month is not None:
        other = sound.filter(pl.col("setl_time").str.slice(0, 7) != f"{month:%Y-%m}")
        log.add_rows(SETL, "setl_time", Fault.OTHER_MONTH, _valued(other, "setl_time"))
    # Dates that parse are ten characters long: they compare as text.
    backwards = sound.filter(pl.col("enddate") < pl.col("begndate"))
    log.add_rows(SETL, "enddate", Fault.ENDS_BEFORE_IT_BEGINS, _valued(backwards, "enddate"))
    paid = (_column("fund_pay_sumamt").decimal + _column("psn_pay").decimal).alias("sum")
    unequal = sound.with_columns(paid).filter(pl.col("sum") != _column("medfee_sumamt").decimal)
    log.add_rows(
        SETL,
        "medfee_sumamt",
        Fault.FEE_NOT_FUND_AND_PERSON,
        unequal.select("row", pl.col("medfee_sumamt").alias("value"), "sum"),
        "sum",
    )
    fee = pl.when("is_sound").then(_column("medfee_sumamt").decimal).alias("fee")
    # The header is row 1: the first settlement has number 1.
    return frame.with_columns(fee, (pl.col("row") - 1).cast(pl.Int32).alias("claim_no"))


def _column(name: str) -> Column:
    return next(each for each in (*SETTLEMENTS, *LINES) if each.name == name)


def _valued(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.select("row", pl.col(column).alias("value"))


def log_repeated(file: str, column: str, frame: pl.DataFrame, log: ErrorLog) -> None:
    """Log each row whose identifier stood in an earlier row already."""
    identified = frame.filter(pl.col(column).is_not_null())
    again = identified.filter(~pl.col(column).is_first_distinct())
    log.add_rows(file, column, Fault.REPEATED, _valued(again, column))


class LineCheck:
    """Checks the lines block by block and remembers what only the whole file can tell."""

    def __init__(self, claims: pl.DataFrame, submitter: str, log: ErrorLog) -> None:
        self.submitter, self.log = submitter, log
        self.claims = claims
        self.keys = claims.filter(pl.col("setl_id").is_first_distinct()).select(
            "setl_id", "claim_no"
        )
        self.sums: list[pl.DataFrame] = []
        self.identifiers: list[pl.Series] = []
        self.refunds: list[pl.DataFrame] = []
        self.unsound_claims: list[pl.Series] = []
        self.unknown_codes: list[pl.DataFrame] = []
        self.count = 0
        self.first_key: str = ""
        self.last_key: str = ""

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Log what is wrong with these lines; return them with the number of their claim."""
        self.count += frame.height
        frame = check_values(FEE, frame, LINES, self.log)
        check_institution(FEE, frame, self.submitter, self.log)
        frame = frame.join(self.keys, on="setl_id", how="left", maintain_order="left")
        orphans = frame.filter(pl.col("claim_no").is_null() & pl.col("setl_id").is_not_null())
        self.log.add_rows(
            FEE, "setl_id", Fault.LINE_WITHOUT_SETTLEMENT, _valued(orphans, "setl_id")
        )
        self._remember(frame)
        return frame

    def _remember(self, frame: pl.DataFrame) -> None:
        if not frame["is_sound"].all():
            self.unsound_claims.append(frame.filter(~pl.col("is_sound"))["claim_no"])
            frame = frame.filter("is_sound")
        if not frame.height:
            return
        self.identifiers.append(frame["bkkp_sn"].hash())
        keys = [frame["bkkp_sn"].min(), frame["bkkp_sn"].max()]
        self.first_key = min(self.first_key or str(keys[0]), str(keys[0]))
        self.last_key = max(self.last_key, str(keys[1]))
        amount = _column("det_item_fee_sumamt").decimal.alias("sum")
        self.sums.append(frame.group_by("claim_no").agg(amount.sum()))
        self._remember_refunds(frame.filter(pl.col("cnt").str.starts_with("-")), amount)
        if "med_chrgitm_type" in frame.columns:
            self.unknown_codes.append(count_values(frame, "med_chrgitm_type", "bkkp_sn"))

    def _remember_refunds(self, refunds: pl.DataFrame, amount: pl.Expr) -> None:
        if not refunds.height:
            return
        names_none = pl.lit(None, dtype=pl.String)
        original = pl.col("init_feedetl_sn") if "init_feedetl_sn" in refunds.columns else names_none
        seen = refunds.select(
            "row",
            original.alias("original"),
            _column("cnt").decimal.alias("cnt"),
            amount.alias("amount"),
        )
        nameless = seen.filter(pl.col("original").is_null())
        self._log_lost(nameless)
        self.refunds.append(seen.filter(pl.col("original").is_not_null()))

    def _log_lost(self, refunds: pl.DataFrame) -> None:
        rows = refunds.select("row", pl.col("original").alias("value"))
        self.log.add_rows(FEE, "init_feedetl_sn", Fault.REFUND_WITHOUT_ORIGINAL, rows)

    def finish(self, read_again: Callable[[list[str]], pl.DataFrame]) -> pl.DataFrame:
        """Log what the whole file shows; return the refunded lines with what is left of them.

        `read_again` reads the named columns of the file once more; it is called only when a line
        is repeated or refunded.
        """
        self._check_repeated(read_again)
        self._check_sums()
        return self._net(read_again)

    def _check_repeated(self, read_again: Callable[[list[str]], pl.DataFrame]) -> None:
        if not self.identifiers:
            return
        hashes = pl.concat(self.identifiers)
        if hashes.n_unique() < len(hashes):
            log_repeated(FEE, "bkkp_sn", read_again(["bkkp_sn"]), self.log)

    def _check_sums(self) -> None:
        sums = (
            pl.concat(self.sums).group_by("claim_no").agg(pl.col("sum").sum())
            if self.sums
            else pl.DataFrame(schema={"claim_no": pl.Int32, "sum": pl.Decimal(18, 2)})
        )
        unsound = (
            pl.concat(self.unsound_claims).drop_nulls().unique()
            if self.unsound_claims
            else pl.Series([], dtype=pl.Int32)
        )
        first = self.claims.filter(pl.col("setl_id").is_first_distinct())
        whole = first.filter(~pl.col("claim_no").is_in(unsound.implode())).join(
            sums, on="claim_no", how="left"
        )
        self.log.add_rows(
            SETL,
            "setl_id",
            Fault.SETTLEMENT_WITHOUT_LINES,
            _valued(whole.filter(pl.col("sum").is_null()), "setl_id"),
        )
        unequal = whole.filter(pl.col("fee") != pl.col("sum"))
        self.log.add_rows(
            SETL,
            "medfee_sumamt",
            Fault.FEE_NOT_SUM_OF_LINES,
            unequal.select("row", pl.col("medfee_sumamt").alias("value"), "sum"),
            "sum",
        )

    def _net(self, read_again: Callable[[list[str]], pl.DataFrame]) -> pl.DataFrame:
        nothing = pl.DataFrame(
            schema={"bkkp_sn": pl.String, "net_cnt": pl.String, "net_amount": pl.String}
        )
        if not self.refunds:
            return nothing
        refunds = pl.concat(self.refunds)
        wanted = refunds["original"].unique()
        originals = (
            read_again(["bkkp_sn", "cnt", "det_item_fee_sumamt"])
            .filter(pl.col("bkkp_sn").is_in(wanted.implode()))
            .filter(~pl.col("cnt").str.starts_with("-"))
            .select(
                pl.col("bkkp_sn").alias("original"),
                _column("cnt").decimal.alias("had_cnt"),
                _column("det_item_fee_sumamt").decimal.alias("had_amount"),
            )
            .drop_nulls()
            .unique("original", keep="first")
        )
        joined = refunds.join(originals, on="original", how="left")
        self._log_lost(joined.filter(pl.col("had_cnt").is_null()))
        left = (
            joined.drop_nulls("had_cnt")
            .group_by("original")
            .agg(
                pl.col("row").last(),
                (pl.col("had_cnt").first() + pl.col("cnt").sum()).alias("net_cnt"),
                (pl.col("had_amount").first() + pl.col("amount").sum()).alias("net_amount"),
                (pl.col("had_amount").first() >= 0).alias("is_charge"),
            )
        )
        too_large = left.filter(
            (pl.col("net_cnt") < 0) | ((pl.col("net_amount") < 0) & pl.col("is_charge"))
        ).sort("row")
        self.log.add_rows(
            FEE,
            "init_feedetl_sn",
            Fault.REFUND_TOO_LARGE,
            too_large.select("row", pl.col("original").alias("value")),
        )
        return left.select(
            pl.col("original").alias("bkkp_sn"),
            pl.col("net_cnt").cast(pl.String),
            pl.col("net_amount").cast(pl.String),
        )


def count_values(frame: pl.DataFrame, column: str, example: str) -> pl.DataFrame:
    """Return how often each value stands in a column, and the first row that has it."""
    return frame.group_by(pl.col(column).alias("value"), maintain_order=True).agg(
        pl.len().alias("rows"), pl.col(example).first().alias("example")
    )


def unknown_values(counts: list[pl.DataFrame], known: Collection[str]) -> list[Mapping[str, Any]]:
    """Return the counted values that are not known, most frequent first. None is never known."""
    if not counts:
        return []
    summed = (
        pl.concat(counts)
        .group_by("value", maintain_order=True)
        .agg(pl.col("rows").sum(), pl.col("example").first())
        .filter(pl.col("value").is_null() | ~pl.col("value").is_in(list(known)))
        .sort(["rows", "value"], descending=[True, False])
    )
    return list(summed.iter_rows(named=True))
