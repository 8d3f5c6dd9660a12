-- Lines of services for one sex whose patient's sex is not known.
SELECT 'gend', count(*), min(line.bkkp_sn)
FROM settlements_netline AS line
JOIN settlements_claim AS claim USING (shelf_id, batch_id, claim_no)
LEFT JOIN settlements_code AS sex ON sex.field = 'gend' AND sex.code = claim.gend
WHERE line.shelf_id = %(shelf)s AND line.batch_id = %(batch)s AND coalesce(sex.sex, '') = ''
    AND EXISTS (
        SELECT 1 FROM settlements_knowledgerow AS rule
        WHERE rule.version_id = %(knowledge)s AND rule.kind = 'item_sex'
            AND rule.code = left(line.med_list_codg, 15)
    )
HAVING count(*) > 0
