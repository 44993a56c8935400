-- One row per index part of a schema, in order; a functional part has no column.
-- Versions: 8.0+. Privileges: any on each table.
SELECT s.TABLE_NAME AS table_name,
       s.INDEX_NAME AS name,
       s.SEQ_IN_INDEX AS part,
       s.COLUMN_NAME AS column_name,
       s.SUB_PART AS prefix,
       s.COLLATION = 'D' AS descending,
       s.NON_UNIQUE = 0 AS is_unique,
       s.INDEX_TYPE AS kind,
       s.IS_VISIBLE = 'YES' AS visible
  FROM information_schema.STATISTICS s
 WHERE s.TABLE_SCHEMA = %(schema)s AND s.TABLE_NAME {only}
 ORDER BY s.TABLE_NAME, s.INDEX_NAME, s.SEQ_IN_INDEX
