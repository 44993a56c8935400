-- Ends a session; what it has not committed is rolled back.
-- Versions: 8.0+. Privileges: CONNECTION_ADMIN.
KILL %(id)s
