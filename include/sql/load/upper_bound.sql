-- The key of the n-th row above a bound: the upper bound of the next chunk. No row: the range ends before.
-- Versions: 8.0+. Privileges: SELECT. Cost: reads n keys of the index.
SELECT {bound} FROM {table} FORCE INDEX ({key}) WHERE {range} ORDER BY {order} LIMIT 1 OFFSET %(skip)s
