-- The server's identity, and whether its transactions have GTIDs.
-- Versions: 8.0+. Privileges: none.
SELECT @@server_uuid AS server_uuid, @@gtid_mode AS gtid_mode
