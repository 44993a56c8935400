-- The statement that makes one table again, as the server writes it.
-- Versions: 8.0+. Privileges: SELECT on the table.
SHOW CREATE TABLE {table}
