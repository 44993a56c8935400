-- What a server says it is.
-- Versions: 8.0+. Privileges: none.
SELECT VERSION() AS version, @@version_comment AS comment, @@server_uuid AS server_uuid
