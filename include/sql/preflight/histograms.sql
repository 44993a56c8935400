-- Columns of some schemas that have a histogram.
-- Versions: 8.0+. Privileges: any on each column.
SELECT h.SCHEMA_NAME AS schema_name,
       h.TABLE_NAME AS table_name,
       h.COLUMN_NAME AS column_name
  FROM information_schema.COLUMN_STATISTICS h
 WHERE h.SCHEMA_NAME IN %(schemas)s
 ORDER BY h.SCHEMA_NAME, h.TABLE_NAME, h.COLUMN_NAME
