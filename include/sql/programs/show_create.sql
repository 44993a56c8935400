-- The statement that makes one stored program again, as the server writes it.
-- Versions: 8.0+. Privileges: SHOW VIEW, SHOW_ROUTINE, TRIGGER or EVENT, by kind.
SHOW CREATE {kind} {name}
