-- Keeps how long a load unit has waited by now, and whether it is over.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.pauses (migration, run_id, unit, number, reason, seconds, is_over, started_at, seen_at)
VALUES (%(migration)s, %(run_id)s, %(unit)s, %(number)s, %(reason)s, %(seconds)s, %(is_over)s, UTC_TIMESTAMP(6),
        UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE reason = %(reason)s, seconds = %(seconds)s, is_over = %(is_over)s, seen_at = UTC_TIMESTAMP(6)
