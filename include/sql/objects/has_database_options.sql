-- 1 where the server tells a schema's options (MySQL 8.0.22 and later).
-- Versions: 8.0+. Privileges: none.
SELECT COUNT(*)
  FROM information_schema.TABLES t
 WHERE t.TABLE_SCHEMA = 'information_schema'
   AND t.TABLE_NAME = 'SCHEMATA_EXTENSIONS'
