-- Foreign keys from or to tables of some schemas, one row a column pair, in order.
-- Versions: 8.0+. Privileges: any on each child table.
SELECT k.TABLE_SCHEMA AS schema_name,
       k.TABLE_NAME AS table_name,
       k.CONSTRAINT_NAME AS name,
       k.COLUMN_NAME AS column_name,
       k.REFERENCED_TABLE_SCHEMA AS parent_schema,
       k.REFERENCED_TABLE_NAME AS parent_table,
       k.REFERENCED_COLUMN_NAME AS parent_column,
       r.UPDATE_RULE AS update_rule,
       r.DELETE_RULE AS delete_rule
  FROM information_schema.KEY_COLUMN_USAGE k
  JOIN information_schema.REFERENTIAL_CONSTRAINTS r
    ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA
   AND r.TABLE_NAME = k.TABLE_NAME
   AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
 WHERE k.REFERENCED_TABLE_NAME IS NOT NULL
   AND (k.TABLE_SCHEMA IN %(schemas)s OR k.REFERENCED_TABLE_SCHEMA IN %(schemas)s)
 ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION
