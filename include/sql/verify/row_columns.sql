-- One hash per column of the row with a given key, for naming the columns that differ.
-- Versions: 8.0+. Privileges: SELECT.
SELECT {columns} FROM {table} {index} WHERE {range}
