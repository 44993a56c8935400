-- Waits until no other process rewrites rows of a table whose triggers are out of the way; 1 if so, 0 after the wait.
-- Versions: 8.0+. Privileges: none.
SELECT GET_LOCK(%(name)s, %(seconds)s) AS taken
