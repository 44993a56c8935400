-- The incidents of a run.
-- Versions: 8.0+. Privileges: SELECT.
SELECT scope, kind, detail, statements, noted_at FROM {control}.incidents
 WHERE migration = %(migration)s AND run_id = %(run_id)s ORDER BY scope
