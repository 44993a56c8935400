-- Takes the lock that lets one process at a time apply a migration's changes; 1 if taken, 0 after the wait.
-- It is released when the connection ends, however it ends.
-- Versions: 8.0+. Privileges: none.
SELECT GET_LOCK(%(name)s, %(seconds)s) AS taken
