-- One row per table or view of a schema: BASE TABLE or VIEW.
-- Versions: 8.0+. Privileges: any on each table.
SELECT t.TABLE_NAME AS name,
       t.TABLE_TYPE AS kind
  FROM information_schema.TABLES t
 WHERE t.TABLE_SCHEMA = %(schema)s
