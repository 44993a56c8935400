-- The source's binlog files and their sizes in bytes.
-- Versions: 8.0+. Privileges: REPLICATION CLIENT.
SHOW BINARY LOGS
