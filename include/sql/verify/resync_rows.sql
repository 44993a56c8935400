-- The rows of the source that replace those of the target, as row text or as raw columns.
-- Versions: 8.0+. Privileges: SELECT.
SELECT {row} FROM {table} {index} WHERE {range}
