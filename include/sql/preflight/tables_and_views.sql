-- Name and kind of every table and view of some schemas; a broken view has the server's complaint as its comment.
-- Versions: 8.0+. Privileges: any on each. Cost: opens every view.
SELECT t.TABLE_SCHEMA AS schema_name,
       t.TABLE_NAME AS name,
       t.TABLE_TYPE AS kind,
       COALESCE(t.TABLE_COMMENT, '') AS comment
  FROM information_schema.TABLES t
 WHERE t.TABLE_SCHEMA IN %(schemas)s
 ORDER BY t.TABLE_SCHEMA, t.TABLE_NAME
