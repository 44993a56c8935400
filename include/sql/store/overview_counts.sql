-- How many findings (by severity), differences (by area and whether a rule explains them) and incidents a run has.
-- Versions: 8.0+. Privileges: SELECT.
SELECT 'finding' AS what, severity AS kind, 0 AS explained, COUNT(*) AS number
  FROM {control}.findings WHERE migration = %(migration)s AND run_id = %(run_id)s GROUP BY severity
UNION ALL
SELECT 'difference', area, kind = %(on_purpose)s, COUNT(*)
  FROM {control}.differences WHERE migration = %(migration)s AND run_id = %(run_id)s
 GROUP BY area, kind = %(on_purpose)s
UNION ALL
SELECT 'incident', kind, 0, COUNT(*)
  FROM {control}.incidents WHERE migration = %(migration)s AND run_id = %(run_id)s GROUP BY kind
