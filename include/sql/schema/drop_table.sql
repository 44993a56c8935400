-- Drops a table with its rows, indexes and triggers.
-- Versions: 8.0+. Privileges: DROP on the table.
DROP TABLE IF EXISTS {table}
