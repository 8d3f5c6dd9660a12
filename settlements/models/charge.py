"""The rows of the claim files, in partitions that plain SQL creates and fills.

Django reads them only: the tables are made by the migration `partitions`, new partitions by
`settlements.services.shelves`. Times are the wall clock of Asia/Shanghai as written in the file.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from settlements.querysets import ShelvedQuerySet


class Claim(models.Model):
    """A settlement (setl_d)."""

    pk = models.CompositePrimaryKey("shelf_id", "batch_id", "claim_no")
    shelf_id = models.IntegerField()
    batch_id = models.BigIntegerField()
    claim_no = models.IntegerField(_("row"))
    setl_id = models.TextField("setl_id")
    mdtrt_id = models.TextField("mdtrt_id")
    psn_no = models.TextField("psn_no")
    gend = models.TextField("gend", null=True)
    brdy = models.DateField("brdy", null=True)
    insutype = models.TextField("insutype", null=True)
    med_type = models.TextField("med_type", null=True)
    hosp_lv = models.TextField("hosp_lv", null=True)
    begndate = models.DateField("begndate")
    enddate = models.DateField("enddate")
    setl_time = models.DateTimeField("setl_time")
    medfee_sumamt = models.DecimalField("medfee_sumamt", max_digits=16, decimal_places=2)
    fund_pay_sumamt = models.DecimalField("fund_pay_sumamt", max_digits=16, decimal_places=2)
    psn_pay = models.DecimalField("psn_pay", max_digits=16, decimal_places=2)
    psn_name = models.TextField("psn_name", null=True)
    certno = models.TextField("certno", null=True)
    hifp_pay = models.DecimalField("hifp_pay", max_digits=16, decimal_places=2, null=True)
    acct_pay = models.DecimalField("acct_pay", max_digits=16, decimal_places=2, null=True)
    dise_no = models.TextField("dise_no", null=True)
    dise_name = models.TextField("dise_name", null=True)
    refd_setl_flag = models.TextField("refd_setl_flag", null=True)
    drg_code = models.TextField("drg_code", null=True)

    objects = ShelvedQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "settlements_claim"
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")

    def __str__(self) -> str:
        return self.setl_id


class Charge(models.Model):
    """A charge line (fee_list_d). `cnt` and `det_item_fee_sumamt` are as handed in; `net_cnt` and
    `net_amount` what refunds left of them, empty where none touched the line. A refund line and a
    fully refunded one are `is_gone`: no check sees them.
    """

    pk = models.CompositePrimaryKey("shelf_id", "batch_id", "bkkp_sn")
    shelf_id = models.IntegerField()
    batch_id = models.BigIntegerField()
    bkkp_sn = models.TextField("bkkp_sn")
    row_no = models.IntegerField(_("row"))
    claim_no = models.IntegerField()
    mdtrt_id = models.TextField("mdtrt_id")
    psn_no = models.TextField("psn_no")
    fee_ocur_time = models.DateTimeField("fee_ocur_time")
    med_list_codg = models.TextField("med_list_codg")
    cnt = models.DecimalField("cnt", max_digits=16, decimal_places=4)
    pric = models.DecimalField("pric", max_digits=16, decimal_places=6)
    det_item_fee_sumamt = models.DecimalField(
        "det_item_fee_sumamt", max_digits=16, decimal_places=2
    )
    hilist_name = models.TextField("hilist_name", null=True)
    medins_list_name = models.TextField("medins_list_name", null=True)
    med_chrgitm_type = models.TextField("med_chrgitm_type", null=True)
    pric_uplmt_amt = models.DecimalField(
        "pric_uplmt_amt", max_digits=16, decimal_places=6, null=True
    )
    inscp_amt = models.DecimalField("inscp_amt", max_digits=16, decimal_places=4, null=True)
    bilg_dept_codg = models.TextField("bilg_dept_codg", null=True)
    bilg_dr_code = models.TextField("bilg_dr_code", null=True)
    init_feedetl_sn = models.TextField("init_feedetl_sn", null=True)
    net_cnt = models.DecimalField(_("quantity left"), max_digits=16, decimal_places=4, null=True)
    net_amount = models.DecimalField(_("amount left"), max_digits=16, decimal_places=2, null=True)
    is_gone = models.BooleanField(_("refunded"))

    objects = ShelvedQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "settlements_charge"
        verbose_name = _("charge line")
        verbose_name_plural = _("charge lines")

    def __str__(self) -> str:
        return self.bkkp_sn
