-- The optimizer's estimate of the rows in a key range, in the column rows; it reads a few pages of the index. For a
-- SELECT without an aggregate, FORCE INDEX would make it spare itself even these, and say 1.
-- Versions: 8.0+. Privileges: SELECT.
EXPLAIN FORMAT=TRADITIONAL SELECT COUNT(*) FROM {table} FORCE INDEX ({key}) WHERE {range}
