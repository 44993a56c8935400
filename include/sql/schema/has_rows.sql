-- 1 if a table has a row, no row otherwise.
-- Versions: 8.0+. Privileges: SELECT. Cost: one row.
SELECT 1 FROM {table} LIMIT 1
