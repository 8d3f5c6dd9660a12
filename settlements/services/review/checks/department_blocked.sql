-- The department was blocked that day at this institution, and no emergency (B-18; Order 2 art. 45).
-- By its code, so that a block outlasts a change of the department's name. Both ends count.
WITH blocked AS MATERIALIZED (
    SELECT department.code, block.first_day, coalesce(block.last_day, 'infinity') AS last_day
    FROM agreements_serviceblock AS block
    JOIN institutions_department AS department ON department.id = block.department_id
    WHERE block.institution_id = %(institution)s AND block.annulled_on IS NULL
), line AS MATERIALIZED (
    SELECT charged.claim_no, charged.bkkp_sn, charged.amount, charged.bilg_dept_codg,
        charged.fee_ocur_time::date AS day, min(blocked.first_day) AS first_day,
        max(blocked.last_day) AS last_day
    FROM settlements_netline AS charged
    JOIN blocked ON blocked.code = charged.bilg_dept_codg
        AND charged.fee_ocur_time::date >= blocked.first_day
        AND charged.fee_ocur_time::date <= blocked.last_day
    WHERE charged.shelf_id = %(shelf)s AND charged.batch_id = %(batch)s
        AND EXISTS (SELECT 1 FROM blocked)
    GROUP BY 1, 2, 3, 4, 5
)
SELECT claim.setl_id, line.bkkp_sn, line.amount, claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object(
        'department', line.bilg_dept_codg, 'day', line.day, 'first', line.first_day,
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
