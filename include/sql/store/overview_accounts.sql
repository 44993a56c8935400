-- The account plan that a run compared the target with, if it has come to that.
-- Versions: 8.0+. Privileges: SELECT.
SELECT JSON_EXTRACT(summary, '$.account_plan') AS account_plan FROM {control}.phases
 WHERE migration = %(migration)s AND run_id = %(run_id)s AND phase = 'verify-objects'
