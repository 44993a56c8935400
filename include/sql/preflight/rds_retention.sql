-- How many hours RDS or Aurora keeps binlog files, as text; NULL: no time is promised.
-- Versions: RDS and Aurora. Privileges: SELECT on mysql.rds_configuration.
SELECT c.value AS hours
  FROM mysql.rds_configuration c
 WHERE c.name = 'binlog retention hours'
