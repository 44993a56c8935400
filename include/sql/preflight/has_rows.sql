-- Whether a table has a row; many of these are joined by UNION ALL.
-- Versions: 8.0+. Privileges: SELECT. Cost: one row.
SELECT {number} AS number, EXISTS (SELECT 1 FROM {table}) AS has_rows
