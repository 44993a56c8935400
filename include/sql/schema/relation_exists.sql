-- 1 if there is a table or view of that name, no row otherwise.
-- Versions: 8.0+. Privileges: any on the table.
SELECT 1
  FROM information_schema.TABLES t
 WHERE t.TABLE_SCHEMA = %(schema)s
   AND t.TABLE_NAME = %(name)s
