-- Key and hash of each row of a key range, for finding the rows that differ.
-- Versions: 8.0+. Privileges: SELECT. Cost: a range scan; one small row each.
SELECT {key} AS k, {hash} AS h FROM {table} {index} WHERE {range}
