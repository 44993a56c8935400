-- The same for servers before 8.2, where SHOW BINARY LOG STATUS is a syntax error.
-- Versions: 8.0 to 8.3. Privileges: REPLICATION CLIENT.
SHOW MASTER STATUS
