-- Drops a view, routine, trigger or event; what is not there is no error.
-- Versions: 8.0+. Privileges: DROP (view), ALTER ROUTINE, TRIGGER or EVENT.
DROP {kind} IF EXISTS {name}
