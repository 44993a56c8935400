-- Which of some keys the target has.
-- Versions: 8.0+. Privileges: SELECT.
SELECT {key} FROM {table} WHERE {condition}
