-- Moves a cutover from one state to the next; affects no row if it is in another one.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.cutovers
   SET state = %(state)s, reason = %(reason)s, updated_at = UTC_TIMESTAMP(6),
       blocked_at = IF(%(state)s = 'blocking' AND blocked_at IS NULL, UTC_TIMESTAMP(6), blocked_at),
       opened_at = IF(%(state)s IN ('open', 'released'), UTC_TIMESTAMP(6), opened_at)
 WHERE migration = %(migration)s AND run_id = %(run_id)s AND state = %(before)s
