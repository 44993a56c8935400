-- Whether the server takes writes.
-- Versions: 8.0+. Privileges: none.
SELECT @@GLOBAL.read_only AS read_only, @@GLOBAL.super_read_only AS super_read_only
