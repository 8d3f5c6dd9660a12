-- Lines without a department's code on days on which a department was blocked.
WITH blocked AS MATERIALIZED (
    SELECT block.first_day, coalesce(block.last_day, 'infinity') AS last_day
    FROM agreements_serviceblock AS block
    WHERE block.institution_id = %(institution)s AND block.annulled_on IS NULL
        AND block.department_id IS NOT NULL
)
SELECT 'bilg_dept_codg', count(*), min(line.bkkp_sn)
FROM settlements_netline AS line
WHERE line.shelf_id = %(shelf)s AND line.batch_id = %(batch)s
    AND line.bilg_dept_codg IS NULL AND EXISTS (SELECT 1 FROM blocked)
    AND EXISTS (
        SELECT 1 FROM blocked
        WHERE line.fee_ocur_time::date BETWEEN blocked.first_day AND blocked.last_day
    )
HAVING count(*) > 0
