-- Rows that DMS's validation found to differ, counted by table and kind; no key and no value of a row.
-- Versions: 8.0+. Privileges: SELECT.
SELECT TABLE_OWNER AS table_schema, TABLE_NAME AS table_name,
       CONCAT(COUNT(*), ' rows ', FAILURE_TYPE) AS detail
  FROM {control}.awsdms_validation_failures_v1
 WHERE TASK_NAME IN (%(identifier)s, %(resource)s)
 GROUP BY TABLE_OWNER, TABLE_NAME, FAILURE_TYPE
