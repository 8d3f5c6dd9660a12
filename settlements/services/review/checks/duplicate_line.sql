-- The same service, time, quantity, price and doctor again in one visit: all but the first in line
-- order. As all of them have the same time, that order is the order of bkkp_sn.
-- Lines are told apart by a hash of visit, service and time first: sorting every line by six columns would cost ten times as
-- much; the few whose hash repeats are then compared in full.
WITH suspect AS MATERIALIZED (
    SELECT hashtextextended(
        mdtrt_id, hashtextextended(med_list_codg, timestamp_hash_extended(fee_ocur_time, 0))
    ) AS mark
    FROM settlements_netline
    WHERE shelf_id = %(shelf)s AND batch_id = %(batch)s
    GROUP BY mark
    HAVING count(*) > 1
), twin AS (
    SELECT claim_no, bkkp_sn, amount,
        min(bkkp_sn) OVER (
            PARTITION BY mdtrt_id, med_list_codg, fee_ocur_time, cnt, pric, bilg_dr_code
        ) AS first
    FROM settlements_netline
    WHERE shelf_id = %(shelf)s AND batch_id = %(batch)s
        AND EXISTS (SELECT 1 FROM suspect)
        AND hashtextextended(
            mdtrt_id, hashtextextended(med_list_codg, timestamp_hash_extended(fee_ocur_time, 0))
        ) IN (SELECT mark FROM suspect)
)
SELECT claim.setl_id, twin.bkkp_sn, twin.amount, claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object('first', twin.first), NULL::bigint
FROM twin
JOIN settlements_claim AS claim
    ON claim.shelf_id = %(shelf)s AND claim.batch_id = %(batch)s AND claim.claim_no = twin.claim_no
WHERE twin.bkkp_sn <> twin.first
