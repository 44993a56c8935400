-- The report of a run as it was when the run ended.
-- Versions: 8.0+. Privileges: SELECT.
SELECT CONVERT(UNCOMPRESS(document) USING utf8mb4) AS document FROM {control}.reports
 WHERE migration = %(migration)s AND run_id = %(run_id)s
