-- No agreement in force on the day of the charge, and no emergency (B-07, B-13; Order 2 arts. 33, 42).
-- In force: begun, not ended, not suspended that day; the same as AgreementQuerySet.in_force_on.
SELECT claim.setl_id, line.bkkp_sn, line.amount, claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object('day', line.fee_ocur_time::date, 'med_type', coalesce(claim.med_type, '')),
    NULL::bigint
FROM settlements_netline AS line
JOIN settlements_claim AS claim USING (shelf_id, batch_id, claim_no)
WHERE line.shelf_id = %(shelf)s AND line.batch_id = %(batch)s
    AND NOT EXISTS (
        SELECT 1 FROM settlements_code AS code
        WHERE code.field = 'med_type' AND code.is_emergency AND code.code = claim.med_type
    )
    AND line.fee_ocur_time::date NOT IN (
        -- The days of the batch on which an agreement was in force: a few dozen, asked once.
        SELECT day::date
        FROM (
            SELECT min(fee_ocur_time)::date AS first_day, max(fee_ocur_time)::date AS last_day
            FROM settlements_netline WHERE shelf_id = %(shelf)s AND batch_id = %(batch)s
        ) AS span
        CROSS JOIN LATERAL generate_series(span.first_day, span.last_day, interval '1 day') AS day
        JOIN agreements_agreement AS agreement
            ON agreement.institution_id = %(institution)s
            AND agreement.state NOT IN ('draft', 'signed')
            AND day::date BETWEEN agreement.valid_from AND agreement.last_day
        WHERE NOT EXISTS (
            SELECT 1 FROM agreements_suspension AS suspension
            WHERE suspension.agreement_id = agreement.id AND suspension.starts_on <= day::date
                AND (suspension.resumed_on IS NULL OR suspension.resumed_on > day::date)
        )
    )
