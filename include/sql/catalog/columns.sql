-- One row per column of the base tables of a schema, in order; invisible and generated columns included.
-- Versions: 8.0+. Privileges: any on each column.
SELECT c.TABLE_NAME AS table_name,
       c.COLUMN_NAME AS name,
       c.ORDINAL_POSITION AS position,
       LOWER(c.DATA_TYPE) AS data_type,
       CAST(c.COLUMN_TYPE AS CHAR) AS column_type,
       c.IS_NULLABLE = 'YES' AS nullable,
       c.CHARACTER_SET_NAME AS charset,
       c.COLLATION_NAME AS collation,
       c.CHARACTER_OCTET_LENGTH AS max_bytes,
       CAST(c.COLUMN_DEFAULT AS CHAR) AS default_text,
       c.EXTRA AS extra,
       c.SRS_ID AS srs_id
  FROM information_schema.COLUMNS c
  JOIN information_schema.TABLES t
    ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME AND t.TABLE_TYPE = 'BASE TABLE'
 WHERE c.TABLE_SCHEMA = %(schema)s AND c.TABLE_NAME {only}
 ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION
