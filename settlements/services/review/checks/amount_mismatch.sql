-- Quantity times price differs from the amount by more than a cent; what was charged too much counts.
WITH line AS MATERIALIZED (
    SELECT claim_no, bkkp_sn, cnt, pric, amount, round(cnt * pric, 2) AS product
    FROM settlements_netline
    WHERE shelf_id = %(shelf)s AND batch_id = %(batch)s
        AND abs(round(cnt * pric, 2) - amount) > 0.01
)
SELECT claim.setl_id, line.bkkp_sn, greatest(line.amount - line.product, 0.00),
    claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object(
        'cnt', trim_scale(line.cnt)::text, 'pric', trim_scale(line.pric)::text,
        'product', line.product::text, 'charged', line.amount::text
    ),
    NULL::bigint
FROM line
JOIN settlements_claim AS claim
    ON claim.shelf_id = %(shelf)s AND claim.batch_id = %(batch)s AND claim.claim_no = line.claim_no
