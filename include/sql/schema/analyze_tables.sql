-- Gathers index statistics, table by table. Not written to the binlog: another server has statistics of its own.
-- Versions: 8.0+. Privileges: SELECT and INSERT on the tables. Cost: reads some pages of each index.
ANALYZE NO_WRITE_TO_BINLOG TABLE {tables}
