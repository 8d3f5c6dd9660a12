-- A drug for one sex, given to a patient of the other. Drug codes match exactly.
SELECT claim.setl_id, line.bkkp_sn, line.amount, claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object('name', rule.name, 'allowed', rule.limit_value, 'sex', sex.sex),
    rule.id
FROM settlements_netline AS line
JOIN settlements_claim AS claim USING (shelf_id, batch_id, claim_no)
JOIN settlements_code AS sex ON sex.field = 'gend' AND sex.code = claim.gend AND sex.sex <> ''
JOIN settlements_knowledgerow AS rule
    ON rule.version_id = %(knowledge)s AND rule.kind = 'drug_sex'
    AND rule.code = line.med_list_codg AND rule.limit_value <> sex.sex
WHERE line.shelf_id = %(shelf)s AND line.batch_id = %(batch)s
