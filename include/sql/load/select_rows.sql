-- Rows of one chunk as one text each (or as raw columns), by key range.
-- Versions: 8.0+. Privileges: SELECT. Cost: a range scan of the key.
SELECT {row} FROM {table} {index} WHERE {range}
