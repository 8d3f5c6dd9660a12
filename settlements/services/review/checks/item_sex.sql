-- A service for one sex, given to a patient of the other. Item codes match the first 15 characters.
WITH restricted AS MATERIALIZED (
    SELECT line.claim_no, line.bkkp_sn, line.amount, rule.id, rule.name, rule.limit_value
    FROM settlements_netline AS line
    JOIN settlements_knowledgerow AS rule
        ON rule.version_id = %(knowledge)s AND rule.kind = 'item_sex' AND rule.code = left(line.med_list_codg, 15)
    WHERE line.shelf_id = %(shelf)s AND line.batch_id = %(batch)s
)
SELECT claim.setl_id, line.bkkp_sn, line.amount, claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object('name', line.name, 'allowed', line.limit_value, 'sex', sex.sex),
    line.id
FROM restricted AS line
JOIN settlements_claim AS claim
    ON claim.shelf_id = %(shelf)s AND claim.batch_id = %(batch)s AND claim.claim_no = line.claim_no
JOIN settlements_code AS sex ON sex.field = 'gend' AND sex.code = claim.gend AND sex.sex <> ''
WHERE line.limit_value <> sex.sex
