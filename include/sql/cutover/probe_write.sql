-- A write that changes no row and that a server that takes no writes refuses all the same.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {table} WHERE FALSE
