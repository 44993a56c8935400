-- The longest value of each LOB column of a table, in bytes.
-- Versions: 8.0+. Privileges: SELECT. Cost: reads the whole table.
SELECT {lengths} FROM {table}
