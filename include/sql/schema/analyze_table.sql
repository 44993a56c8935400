-- Gathers index statistics. Not written to the binlog: another server has statistics of its own.
-- Versions: 8.0+. Privileges: SELECT and INSERT on the table. Cost: reads some pages of each index.
ANALYZE NO_WRITE_TO_BINLOG TABLE {table}
