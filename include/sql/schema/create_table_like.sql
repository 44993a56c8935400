-- Creates an empty table with the columns, indexes, checks and options of another one, without its foreign keys.
-- Versions: 8.0+. Privileges: SELECT on the original, CREATE on the table.
CREATE TABLE {table} LIKE {original}
