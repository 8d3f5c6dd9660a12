-- Quantity times price differs from the amount by more than a cent; what was charged too much counts.
SELECT claim.setl_id, line.bkkp_sn, greatest(line.amount - round(line.cnt * line.pric, 2), 0.00),
    claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object(
        'cnt', trim_scale(line.cnt)::text, 'pric', trim_scale(line.pric)::text,
        'product', round(line.cnt * line.pric, 2)::text, 'charged', line.amount::text
    ),
    NULL::bigint
FROM settlements_netline AS line
JOIN settlements_claim AS claim USING (shelf_id, batch_id, claim_no)
WHERE line.shelf_id = %(shelf)s AND line.batch_id = %(batch)s
    AND abs(round(line.cnt * line.pric, 2) - line.amount) > 0.01
