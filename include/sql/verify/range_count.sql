-- Number of rows of a key range.
-- Versions: 8.0+. Privileges: SELECT.
SELECT COUNT(*) AS row_count FROM {table} {index} WHERE {range}
