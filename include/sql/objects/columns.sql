-- One row per column of the base tables of a schema, in order.
-- Versions: 8.0.3+ (SRS_ID). Privileges: any on each column.
SELECT c.TABLE_NAME AS table_name,
       c.COLUMN_NAME AS name,
       CAST(c.COLUMN_TYPE AS CHAR) AS `type`,
       c.IS_NULLABLE AS nullable,
       CAST(c.COLUMN_DEFAULT AS CHAR) AS `default`,
       c.EXTRA AS extra,
       c.CHARACTER_SET_NAME AS charset,
       c.COLLATION_NAME AS collation,
       CAST(c.SRS_ID AS CHAR) AS srid,
       CAST(c.COLUMN_COMMENT AS CHAR) AS comment
  FROM information_schema.COLUMNS c
  JOIN information_schema.TABLES t
    ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME AND t.TABLE_TYPE = 'BASE TABLE'
 WHERE c.TABLE_SCHEMA = %(schema)s
 ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION
