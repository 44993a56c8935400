-- Columns of a schema that have a histogram.
-- Versions: 8.0+. Privileges: SELECT on each column.
SELECT h.TABLE_NAME AS table_name,
       h.COLUMN_NAME AS column_name
  FROM information_schema.COLUMN_STATISTICS h
 WHERE h.SCHEMA_NAME = %(schema)s
 ORDER BY h.TABLE_NAME, h.COLUMN_NAME
