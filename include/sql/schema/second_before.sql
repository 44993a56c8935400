-- The Unix time of one second before a moment that has passed, given in the session's time zone; NULL if it has not.
-- Versions: 8.0+. Privileges: none.
SELECT IF(UNIX_TIMESTAMP(%(moment)s) <= UNIX_TIMESTAMP(), UNIX_TIMESTAMP(%(moment)s) - 1, NULL)
