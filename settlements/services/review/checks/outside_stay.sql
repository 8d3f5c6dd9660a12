-- The day of the charge is before the visit's first day or after its last.
SELECT claim.setl_id, line.bkkp_sn, line.amount, claim.fund_pay_sumamt, claim.medfee_sumamt,
    jsonb_build_object(
        'day', line.fee_ocur_time::date, 'begin', claim.begndate, 'end', claim.enddate
    ),
    NULL::bigint
FROM settlements_netline AS line
JOIN settlements_claim AS claim USING (shelf_id, batch_id, claim_no)
WHERE line.shelf_id = %(shelf)s AND line.batch_id = %(batch)s
    AND (line.fee_ocur_time < claim.begndate OR line.fee_ocur_time >= claim.enddate + 1)
