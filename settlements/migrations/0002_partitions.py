"""The tables of claims and charges, partitioned by shelf (docs/decisions/0005-partitions.md)."""

from django.db import migrations

CLAIM = """
CREATE TABLE settlements_claim (
    shelf_id integer NOT NULL,
    batch_id bigint NOT NULL,
    claim_no integer NOT NULL,
    setl_id text COLLATE "C" NOT NULL,
    mdtrt_id text COLLATE "C" NOT NULL,
    psn_no text COLLATE "C" NOT NULL,
    gend text COLLATE "C",
    brdy date,
    insutype text COLLATE "C",
    med_type text COLLATE "C",
    hosp_lv text COLLATE "C",
    begndate date NOT NULL,
    enddate date NOT NULL,
    setl_time timestamp NOT NULL,
    medfee_sumamt numeric(16, 2) NOT NULL,
    fund_pay_sumamt numeric(16, 2) NOT NULL,
    psn_pay numeric(16, 2) NOT NULL,
    psn_name text,
    certno text,
    hifp_pay numeric(16, 2),
    acct_pay numeric(16, 2),
    dise_no text,
    dise_name text,
    refd_setl_flag text,
    drg_code text,
    CONSTRAINT claim_row_once PRIMARY KEY (shelf_id, batch_id, claim_no),
    CONSTRAINT claim_ends_after_it_begins CHECK (enddate >= begndate),
    CONSTRAINT claim_fund_and_person_pay_the_fee
        CHECK (fund_pay_sumamt + psn_pay = medfee_sumamt)
) PARTITION BY LIST (shelf_id);
"""

CHARGE = """
CREATE TABLE settlements_charge (
    shelf_id integer NOT NULL,
    batch_id bigint NOT NULL,
    bkkp_sn text COLLATE "C" NOT NULL,
    row_no integer NOT NULL,
    claim_no integer NOT NULL,
    mdtrt_id text COLLATE "C" NOT NULL,
    psn_no text COLLATE "C" NOT NULL,
    fee_ocur_time timestamp NOT NULL,
    med_list_codg text COLLATE "C" NOT NULL,
    cnt numeric(16, 4) NOT NULL,
    pric numeric(16, 6) NOT NULL,
    det_item_fee_sumamt numeric(16, 2) NOT NULL,
    hilist_name text,
    medins_list_name text,
    med_chrgitm_type text COLLATE "C",
    pric_uplmt_amt numeric(16, 6),
    inscp_amt numeric(16, 4),
    bilg_dept_codg text COLLATE "C",
    bilg_dr_code text COLLATE "C",
    init_feedetl_sn text COLLATE "C",
    net_cnt numeric(16, 4),
    net_amount numeric(16, 2),
    is_gone boolean NOT NULL DEFAULT false,
    CONSTRAINT charge_line_once PRIMARY KEY (shelf_id, batch_id, bkkp_sn),
    CONSTRAINT charge_netted_in_full CHECK ((net_cnt IS NULL) = (net_amount IS NULL)),
    CONSTRAINT charge_nothing_less_than_nothing_left CHECK (net_cnt >= 0),
    CONSTRAINT charge_refund_names_its_line CHECK (cnt >= 0 OR init_feedetl_sn IS NOT NULL)
) PARTITION BY LIST (shelf_id);
CREATE INDEX charge_by_claim ON settlements_charge (shelf_id, batch_id, claim_no);
"""

# What every check sees: the lines after netting. Unrefunded lines, nearly all, carry no net columns,
# so that taking in writes each figure once.
NETTED = """
CREATE VIEW settlements_netline AS
SELECT shelf_id, batch_id, bkkp_sn, row_no, claim_no, mdtrt_id, psn_no,
    fee_ocur_time, med_list_codg, pric, pric_uplmt_amt, bilg_dept_codg, bilg_dr_code,
    coalesce(net_cnt, cnt) AS cnt, coalesce(net_amount, det_item_fee_sumamt) AS amount
FROM settlements_charge
WHERE NOT is_gone;
"""

# A settlement is paid once: this key holds across all partitions, which no index of a
# partitioned table could say.
SETTLED = """
CREATE TABLE settlements_settledonce (
    institution_id bigint NOT NULL,
    setl_id text COLLATE "C" NOT NULL,
    batch_id bigint NOT NULL,
    CONSTRAINT settledonce_setl_id_once PRIMARY KEY (institution_id, setl_id)
);
"""

# Rows are written by the load and stay as they are; what points at them without a key stays true.
APPEND_ONLY = """
CREATE FUNCTION settlements_rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('office.netting', true) = 'on' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % stay as they were taken in', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_rows_stay';
END $$;
CREATE TRIGGER claim_rows_stay BEFORE UPDATE OR DELETE ON settlements_claim
    FOR EACH ROW EXECUTE FUNCTION settlements_rows_stay();
CREATE TRIGGER charge_rows_stay BEFORE UPDATE OR DELETE ON settlements_charge
    FOR EACH ROW EXECUTE FUNCTION settlements_rows_stay();
CREATE TRIGGER settledonce_rows_stay BEFORE UPDATE OR DELETE ON settlements_settledonce
    FOR EACH ROW EXECUTE FUNCTION settlements_rows_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("settlements", "0001_claims_and_findings")]

    operations = [
        migrations.RunSQL(CLAIM, "DROP TABLE settlements_claim CASCADE"),
        migrations.RunSQL(CHARGE, "DROP TABLE settlements_charge CASCADE"),
        migrations.RunSQL(NETTED, "DROP VIEW settlements_netline"),
        migrations.RunSQL(SETTLED, "DROP TABLE settlements_settledonce"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION settlements_rows_stay() CASCADE"),
    ]
