-- Key and hash of each row of a key range as one line, for finding the rows that differ among many.
-- A row whose hash the server cannot build gets one that equals no other.
-- Versions: 8.0+. Privileges: SELECT. Cost: a range scan and one SHA-256 a row; one short line each.
SELECT CONCAT({key}, '=', IFNULL({hash}, SHA2(UUID(), 256))) FROM {table} {index} WHERE {range}
