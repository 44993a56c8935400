-- Says with whose privileges a function runs, and changes nothing else of it.
-- Versions: 8.0+. Privileges: ALTER ROUTINE on the function.
ALTER FUNCTION {name} SQL SECURITY {security}
