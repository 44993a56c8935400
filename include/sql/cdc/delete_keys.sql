-- Deletes rows by key.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {table} WHERE {condition}
