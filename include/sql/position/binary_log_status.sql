-- Where the binlog is: File, Position, Executed_Gtid_Set. No row where the binlog is off.
-- Versions: 8.2+. Privileges: REPLICATION CLIENT.
SHOW BINARY LOG STATUS
