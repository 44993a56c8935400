-- One row per table or view that a view of a schema reads; what has been dropped since is still listed.
-- Versions: 8.0.13+. Privileges: any on the view and on what it reads.
SELECT DISTINCT
       u.VIEW_NAME AS view_name,
       u.TABLE_SCHEMA AS used_schema,
       u.TABLE_NAME AS used_name
  FROM information_schema.VIEW_TABLE_USAGE u
 WHERE u.VIEW_SCHEMA = %(schema)s
 ORDER BY u.VIEW_NAME, u.TABLE_SCHEMA, u.TABLE_NAME
