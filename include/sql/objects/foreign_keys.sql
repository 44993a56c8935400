-- One row per column of each foreign key of a schema, in order.
-- Versions: 8.0+. Privileges: any on each column.
SELECT k.TABLE_NAME AS table_name,
       k.CONSTRAINT_NAME AS name,
       k.COLUMN_NAME AS column_name,
       k.REFERENCED_TABLE_SCHEMA AS parent_schema,
       k.REFERENCED_TABLE_NAME AS parent_table,
       k.REFERENCED_COLUMN_NAME AS parent_column,
       r.UPDATE_RULE AS on_update,
       r.DELETE_RULE AS on_delete,
       r.MATCH_OPTION AS match_option
  FROM information_schema.KEY_COLUMN_USAGE k
  JOIN information_schema.REFERENTIAL_CONSTRAINTS r
    ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
   AND r.TABLE_NAME = k.TABLE_NAME
 WHERE k.TABLE_SCHEMA = %(schema)s
   AND k.REFERENCED_TABLE_NAME IS NOT NULL
 ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION
