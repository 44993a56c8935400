-- Count and checksums of the rows of a key range: equal on both sides means equal rows (see sql/row_hash.py).
-- Versions: 8.0+. Privileges: SELECT. Cost: a range scan and one SHA-256 a row.
SELECT {aggregates} FROM (SELECT {hash} AS h FROM {table} {index} WHERE {range}) AS hashed
