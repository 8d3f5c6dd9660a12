-- Lines without a doctor's code on days on which somebody was blocked: whose they are is not known.
WITH blocked AS MATERIALIZED (
    SELECT status.starts_on AS first_day, coalesce(status.ends_on, 'infinity') AS last_day
    FROM institutions_practitionerstatus AS status
    WHERE EXISTS (
        SELECT 1 FROM institutions_rosterentry AS entry
        WHERE entry.practitioner_id = status.practitioner_id AND NOT entry.is_void
            AND entry.institution_id = %(institution)s
    )
    UNION ALL
    SELECT block.first_day, coalesce(block.last_day, 'infinity')
    FROM agreements_serviceblock AS block
    WHERE block.institution_id = %(institution)s AND block.annulled_on IS NULL
        AND block.practitioner_id IS NOT NULL
)
SELECT 'bilg_dr_code', count(*), min(line.bkkp_sn)
FROM settlements_netline AS line
WHERE line.shelf_id = %(shelf)s AND line.batch_id = %(batch)s
    AND line.bilg_dr_code IS NULL AND EXISTS (SELECT 1 FROM blocked)
    AND EXISTS (
        SELECT 1 FROM blocked
        WHERE line.fee_ocur_time::date BETWEEN blocked.first_day AND blocked.last_day
    )
HAVING count(*) > 0
