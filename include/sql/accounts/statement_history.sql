-- Whether performance_schema keeps the statements of this session, which hold password hashes: %(state)s is NO or YES.
-- Versions: 8.0+. Privileges: UPDATE on performance_schema.threads; without it the histories see the hashes.
UPDATE performance_schema.threads
   SET INSTRUMENTED = %(state)s, HISTORY = %(state)s
 WHERE PROCESSLIST_ID = CONNECTION_ID()
