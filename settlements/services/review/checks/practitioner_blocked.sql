-- The doctor's payment qualification was suspended or terminated that day, wherever charged (D-06),
-- or the doctor was blocked that day at this institution (B-18); no emergency. Both ends count.
-- Few are blocked: their codes are known before any line is read, and none means no pass at all.
WITH blocked AS MATERIALIZED (
    SELECT practitioner.staff_code AS code, status.starts_on AS first_day, status.ends_on AS last_day
    FROM institutions_practitionerstatus AS status
    JOIN institutions_practitioner AS practitioner ON practitioner.id = status.practitioner_id
    WHERE practitioner.staff_code IS NOT NULL
    UNION ALL
    SELECT practitioner.staff_code, block.first_day, block.last_day
    FROM agreements_serviceblock AS block
    JOIN institutions_practitioner AS practitioner ON practitioner.id = block.practitioner_id
    WHERE block.institution_id = %(institution)s AND block.annulled_on IS NULL
        AND practitioner.staff_code IS NOT NULL
), line AS MATERIALIZED (
    SELECT charged.claim_no, charged.bkkp_sn, charged.amount, charged.bilg_dr_code,
        charged.fee_ocur_time::date AS day, min(blocked.first_day) AS first_day,
        max(coalesce(blocked.last_day, 'infinity')) AS last_day
    FROM settlements_netline AS charged
    JOIN blocked ON blocked.code = charged.bilg_dr_code
        AND charged.fee_ocur_time::date >= blocked.first_day
        AND charged.fee_ocur_time::date <= coalesce(blocked.last_day, 'infinity')
    WHERE charged.shelf_id = %(shelf)s AND charged.batch_id = %(batch)s
        AND EXISTS (SELECT 1 FROM blocked)
    GROUP BY 1, 2, 3, 4, 5
)
SELECT claim.setl_id, line.bkkp_sn, line.amount, claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object(
        'doctor', line.bilg_dr_code, 'day', line.day, 'first', line.first_day,
        'last', CASE WHEN line.last_day = 'infinity' THEN '—' ELSE line.last_day::text END,
        'med_type', coalesce(claim.med_type, '')
    ),
    NULL::bigint
FROM line
JOIN settlements_claim AS claim
    ON claim.shelf_id = %(shelf)s AND claim.batch_id = %(batch)s AND claim.claim_no = line.claim_no
WHERE NOT EXISTS (
    SELECT 1 FROM settlements_code AS code
    WHERE code.field = 'med_type' AND code.is_emergency AND code.code = claim.med_type
)
