-- The longest of a table's first rows, counting the given columns only, in bytes; gives up after two seconds.
-- Versions: 8.0+. Privileges: SELECT. Cost: reads the large values of these rows.
SELECT /*+ MAX_EXECUTION_TIME(2000) */ MAX(s.bytes) AS bytes
  FROM (SELECT {length} AS bytes FROM {table} LIMIT {rows}) s
