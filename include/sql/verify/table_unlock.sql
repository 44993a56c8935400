-- Lets the next process rewrite rows of the table; the end of the session does so as well.
-- Versions: 8.0+. Privileges: none.
SELECT RELEASE_LOCK(%(name)s) AS released
