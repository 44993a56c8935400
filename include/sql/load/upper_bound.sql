-- The key of the n-th row of a range in some order, as texts: the upper bound of the next chunk, or a cut of a table.
-- No row: there are fewer. Versions: 8.0+. Privileges: SELECT. Cost: reads n keys of the index.
SELECT {bound} FROM {table} FORCE INDEX ({key}) WHERE {range} ORDER BY {order} LIMIT 1 OFFSET %(skip)s
