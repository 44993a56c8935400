-- Tables that a replication has given up.
-- Versions: 8.0+. Privileges: SELECT.
SELECT TABLE_OWNER AS table_schema, TABLE_NAME AS table_name,
       CONCAT('suspended at ', MAX(SUSPEND_TIMESTAMP), ' UTC: ', MAX(SUSPEND_REASON)) AS detail
  FROM {control}.awsdms_suspended_tables
 WHERE TASK_NAME IN (%(identifier)s, %(resource)s)
 GROUP BY TABLE_OWNER, TABLE_NAME
