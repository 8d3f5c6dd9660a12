"""The columns of the claim files (claims.md §1): which must be there, how their values parse."""

from dataclasses import dataclass
from enum import Enum

import polars as pl

from settlements.enums import FileKind

IDENTIFIER_LENGTH = 60
TEXT_LENGTH = 200
# Years a date of this century's claims can have; the database's calendar would take more.
FIRST_YEAR, LAST_YEAR = 1850, 2199


class Form(Enum):
    """How a value must be written."""

    IDENTIFIER = "identifier"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    MONEY = "money"
    QUANTITY = "quantity"
    PRICE = "price"


# Figures before and after the point; more after it only if they are zeros. Ten figures before it
# keep the sum of any file below 2**63 cents.
FIGURES = {Form.MONEY: (10, 2), Form.QUANTITY: (10, 4), Form.PRICE: (10, 6)}


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    form: Form
    required: bool = True
    may_be_empty: bool = False

    def wrong(self, present: bool = True) -> pl.Expr:
        """An expression that is true where a value does not parse. Empty values are another
        matter; see `missing`.
        """
        value = pl.col(self.name)
        if self.form in FIGURES:
            before, after = FIGURES[self.form]
            return ~value.str.contains(rf"^-?[0-9]{{1,{before}}}(\.[0-9]{{1,{after}}}0*)?$")
        if self.form is Form.DATE:
            day = value.str.to_date("%Y-%m-%d", strict=False)
            return (
                (value.str.len_bytes() != 10)
                | day.is_null()
                | ~day.dt.year().is_between(FIRST_YEAR, LAST_YEAR)
            )
        if self.form is Form.TIME:
            time = value.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
            return (
                (value.str.len_bytes() != 19)
                | time.is_null()
                | ~time.dt.year().is_between(FIRST_YEAR, LAST_YEAR)
            )
        limit = IDENTIFIER_LENGTH if self.form is Form.IDENTIFIER else TEXT_LENGTH
        return value.str.len_chars() > limit

    def missing(self) -> pl.Expr:
        return pl.col(self.name).is_null()

    @property
    def decimal(self) -> pl.Expr:
        """The value as an exact decimal; only of values that parse."""
        scale = FIGURES[self.form][1]
        return pl.col(self.name).cast(pl.Decimal(18, scale), strict=False)


def _required(form: Form, *names: str) -> list[Column]:
    return [Column(name, form) for name in names]


def _may_be_empty(form: Form, *names: str) -> list[Column]:
    return [Column(name, form, may_be_empty=True) for name in names]


def _optional(form: Form, *names: str) -> list[Column]:
    return [Column(name, form, required=False, may_be_empty=True) for name in names]


SETTLEMENTS = [
    *_required(Form.IDENTIFIER, "setl_id", "mdtrt_id", "psn_no"),
    *_may_be_empty(Form.IDENTIFIER, "gend"),
    *_may_be_empty(Form.DATE, "brdy"),
    *_may_be_empty(Form.IDENTIFIER, "insutype", "med_type"),
    *_required(Form.IDENTIFIER, "fixmedins_code"),
    *_may_be_empty(Form.IDENTIFIER, "hosp_lv"),
    *_required(Form.DATE, "begndate", "enddate"),
    *_required(Form.TIME, "setl_time"),
    *_required(Form.MONEY, "medfee_sumamt", "fund_pay_sumamt", "psn_pay"),
    *_optional(Form.TEXT, "psn_name", "certno"),
    *_optional(Form.MONEY, "hifp_pay", "acct_pay"),
    *_optional(Form.TEXT, "dise_no", "dise_name", "refd_setl_flag", "drg_code"),
]

LINES = [
    *_required(Form.IDENTIFIER, "bkkp_sn", "setl_id", "mdtrt_id", "psn_no", "fixmedins_code"),
    *_required(Form.TIME, "fee_ocur_time"),
    *_required(Form.IDENTIFIER, "med_list_codg"),
    *_required(Form.QUANTITY, "cnt"),
    *_required(Form.PRICE, "pric"),
    *_required(Form.MONEY, "det_item_fee_sumamt"),
    *_optional(Form.TEXT, "hilist_name", "medins_list_name"),
    *_optional(Form.IDENTIFIER, "med_chrgitm_type"),
    *_optional(Form.PRICE, "pric_uplmt_amt"),
    *_optional(Form.QUANTITY, "inscp_amt"),
    *_optional(Form.IDENTIFIER, "bilg_dept_codg", "bilg_dr_code", "init_feedetl_sn"),
]

COLUMNS = {FileKind.SETTLEMENTS: SETTLEMENTS, FileKind.LINES: LINES}
