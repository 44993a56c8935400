-- One row if the server is RDS or Aurora and this account may read its configuration.
-- Versions: 8.0+. Privileges: SELECT on mysql.rds_configuration; without it no row.
SELECT 1 AS found
  FROM information_schema.TABLES t
 WHERE t.TABLE_SCHEMA = 'mysql'
   AND t.TABLE_NAME = 'rds_configuration'
