-- Column names of one table, to tell grants on dropped columns from others.
-- Versions: 8.0+. Privileges: any on each column.
SELECT c.COLUMN_NAME AS column_name
  FROM information_schema.COLUMNS c
 WHERE c.TABLE_SCHEMA = %(schema)s
   AND c.TABLE_NAME = %(name)s
