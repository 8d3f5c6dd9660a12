-- No agreement in force on the day of the charge, and no emergency (B-07, B-13; Order 2 arts. 33, 42).
-- In force: begun, not ended, not suspended that day; the same as AgreementQuerySet.in_force_on.
WITH in_force AS (
    SELECT day::date AS day
    FROM agreements_agreement AS agreement
    CROSS JOIN LATERAL
        generate_series(agreement.valid_from, agreement.last_day, interval '1 day') AS day
    WHERE agreement.institution_id = %(institution)s AND agreement.state NOT IN ('draft', 'signed')
        AND NOT EXISTS (
            SELECT 1 FROM agreements_suspension AS suspension
            WHERE suspension.agreement_id = agreement.id AND suspension.annulled_on IS NULL
                AND suspension.starts_on <= day::date
                AND (suspension.resumed_on IS NULL OR suspension.resumed_on > day::date)
        )
), line AS MATERIALIZED (
    SELECT claim_no, bkkp_sn, amount, fee_ocur_time::date AS day
    FROM settlements_netline
    WHERE shelf_id = %(shelf)s AND batch_id = %(batch)s
        AND fee_ocur_time::date NOT IN (SELECT day FROM in_force)
)
SELECT claim.setl_id, line.bkkp_sn, line.amount, claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object('day', line.day, 'med_type', coalesce(claim.med_type, '')),
    NULL::bigint
FROM line
JOIN settlements_claim AS claim
    ON claim.shelf_id = %(shelf)s AND claim.batch_id = %(batch)s AND claim.claim_no = line.claim_no
WHERE NOT EXISTS (
    SELECT 1 FROM settlements_code AS code
    WHERE code.field = 'med_type' AND code.is_emergency AND code.code = claim.med_type
)
