-- The connection that holds the lock of those who act in a cutover; NULL if nobody does.
-- Versions: 8.0+. Privileges: none.
SELECT IS_USED_LOCK(%(name)s) AS id
