-- One row per index part of a schema, in order; a functional part has an expression in place of a column.
-- Versions: 8.0.13+. Privileges: any on each table.
SELECT s.TABLE_NAME AS table_name,
       s.INDEX_NAME AS name,
       s.COLUMN_NAME AS column_name,
       CAST(s.SUB_PART AS CHAR) AS prefix,
       s.COLLATION AS direction,
       s.NON_UNIQUE AS non_unique,
       s.INDEX_TYPE AS `type`,
       s.IS_VISIBLE AS visible,
       s.INDEX_COMMENT AS comment
  FROM information_schema.STATISTICS s
 WHERE s.TABLE_SCHEMA = %(schema)s
 ORDER BY s.TABLE_NAME, s.INDEX_NAME, s.SEQ_IN_INDEX
