-- What a session may write: packet, the longest statement or row in bytes that it may send or build, and local_infile,
-- 1 where the server accepts LOAD DATA LOCAL.
-- Versions: 8.0+. Privileges: none.
SELECT @@SESSION.max_allowed_packet AS packet, @@GLOBAL.local_infile AS local_infile
