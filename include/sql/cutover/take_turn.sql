-- Takes the lock of those who act in a cutover; 1 if taken, 0 if somebody else has it.
-- It is released when the connection ends, however it ends.
-- Versions: 8.0+. Privileges: none.
SELECT GET_LOCK(%(name)s, 1) AS taken
