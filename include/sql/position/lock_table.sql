-- Lets the writers of one table wait, for as long as it takes to read the position.
-- Versions: 8.0+. Privileges: LOCK TABLES, SELECT.
LOCK TABLES {table} READ
