-- One row per base table of a schema: engine, collation, options, comment.
-- Versions: 8.0+. Privileges: any on each table.
SELECT t.TABLE_NAME AS table_name,
       t.ENGINE AS engine,
       t.TABLE_COLLATION AS collation,
       t.CREATE_OPTIONS AS options,
       t.TABLE_COMMENT AS comment
  FROM information_schema.TABLES t
 WHERE t.TABLE_SCHEMA = %(schema)s
   AND t.TABLE_TYPE = 'BASE TABLE'
