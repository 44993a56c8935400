-- Changes that a replication could not apply, counted by table; no statement and no value of a row.
-- Versions: 8.0+. Privileges: SELECT.
SELECT TABLE_OWNER AS table_schema, TABLE_NAME AS table_name,
       CONCAT(COUNT(*), ' changes not applied, the last at ', MAX(ERROR_TIME), ' UTC') AS detail
  FROM {control}.awsdms_apply_exceptions
 WHERE TASK_NAME IN (%(identifier)s, %(resource)s)
 GROUP BY TABLE_OWNER, TABLE_NAME
