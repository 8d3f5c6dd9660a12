-- The price is above the limit price given with the line.
SELECT claim.setl_id, line.bkkp_sn, round((line.pric - line.pric_uplmt_amt) * line.cnt, 2),
    claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object(
        'pric', trim_scale(line.pric)::text, 'limit', trim_scale(line.pric_uplmt_amt)::text,
        'cnt', trim_scale(line.cnt)::text
    ),
    NULL::bigint
FROM settlements_netline AS line
JOIN settlements_claim AS claim USING (shelf_id, batch_id, claim_no)
WHERE line.shelf_id = %(shelf)s AND line.batch_id = %(batch)s AND line.pric > line.pric_uplmt_amt
