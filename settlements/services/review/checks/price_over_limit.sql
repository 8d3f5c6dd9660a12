-- The price is above the limit price given with the line.
WITH line AS MATERIALIZED (
    SELECT claim_no, bkkp_sn, cnt, pric, pric_uplmt_amt
    FROM settlements_netline
    WHERE shelf_id = %(shelf)s AND batch_id = %(batch)s AND pric > pric_uplmt_amt
)
SELECT claim.setl_id, line.bkkp_sn, round((line.pric - line.pric_uplmt_amt) * line.cnt, 2),
    claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object(
        'pric', trim_scale(line.pric)::text, 'limit', trim_scale(line.pric_uplmt_amt)::text,
        'cnt', trim_scale(line.cnt)::text
    ),
    NULL::bigint
FROM line
JOIN settlements_claim AS claim
    ON claim.shelf_id = %(shelf)s AND claim.batch_id = %(batch)s AND claim.claim_no = line.claim_no
