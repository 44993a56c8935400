-- Removes the rows of a repair by key.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {table} WHERE {condition}
