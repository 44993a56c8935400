-- Says what change apply is doing, and for people why.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.checkpoints SET state = %(state)s, words = %(words)s, moves = moves + 1, updated_at = UTC_TIMESTAMP(6)
 WHERE migration = %(migration)s
