-- The same service, time, quantity, price and doctor again in one visit: all but the first in line
-- order. As all of them have the same time, that order is the order of bkkp_sn.
SELECT claim.setl_id, twin.bkkp_sn, twin.amount, claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object('first', twin.first), NULL::bigint
FROM (
    SELECT shelf_id, batch_id, claim_no, bkkp_sn, amount,
        min(bkkp_sn) OVER (
            PARTITION BY mdtrt_id, med_list_codg, fee_ocur_time, cnt, pric, bilg_dr_code
        ) AS first
    FROM settlements_netline
    WHERE shelf_id = %(shelf)s AND batch_id = %(batch)s
) AS twin
JOIN settlements_claim AS claim USING (shelf_id, batch_id, claim_no)
WHERE twin.bkkp_sn <> twin.first
