-- Longest statement or row, in bytes, that the session may send or build.
-- Versions: 8.0+. Privileges: none.
SELECT @@SESSION.max_allowed_packet
