-- The rows of a repair as the source has them, as row text.
-- Versions: 8.0+. Privileges: SELECT.
SELECT {row} FROM {table} WHERE {condition}
