-- Empties a table and sets its counter back; commits at once.
-- Versions: 8.0+. Privileges: DROP on the table.
TRUNCATE TABLE {table}
