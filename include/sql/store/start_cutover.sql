-- Records that a cutover begins, once.
-- Versions: 8.0+. Privileges: INSERT.
INSERT IGNORE INTO {control}.cutovers
  (migration, run_id, direction, state, policy, approved_by, changes, reason, started_at, updated_at)
VALUES (%(migration)s, %(run_id)s, %(direction)s, 'ready', %(policy)s, '', '{{}}', '', UTC_TIMESTAMP(6),
        UTC_TIMESTAMP(6))
