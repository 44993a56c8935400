-- The server's identity and clock.
-- Versions: 8.0+. Privileges: none.
SELECT @@server_uuid AS server_uuid, @@gtid_mode AS gtid_mode, UNIX_TIMESTAMP(SYSDATE(6)) AS now
