-- Changes a table: all changes in one statement, so that the table is walked once.
-- Versions: 8.0+. Privileges: ALTER, CREATE and INSERT on the table; REFERENCES on parents of foreign keys.
ALTER TABLE {table} {changes}
