-- Opens a view without reading a row of it: an error tells that it does not work for this account.
-- Versions: 8.0+. Privileges: SELECT on the view; EXECUTE on the functions it calls, if it has SQL SECURITY INVOKER.
SELECT * FROM {name} LIMIT 0
