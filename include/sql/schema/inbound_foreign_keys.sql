-- Foreign keys that point at the tables of a schema: which table has them, which key of the parent they lean on.
-- Versions: 8.0+. Privileges: any on each table.
SELECT r.CONSTRAINT_SCHEMA AS child_schema,
       r.TABLE_NAME AS child_table,
       r.REFERENCED_TABLE_NAME AS parent_table
  FROM information_schema.REFERENTIAL_CONSTRAINTS r
 WHERE r.UNIQUE_CONSTRAINT_SCHEMA = %(schema)s
