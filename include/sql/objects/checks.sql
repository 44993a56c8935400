-- One row per CHECK constraint of a schema.
-- Versions: 8.0.16+. Privileges: any on each table.
SELECT t.TABLE_NAME AS table_name,
       t.CONSTRAINT_NAME AS name,
       t.ENFORCED AS enforced
  FROM information_schema.TABLE_CONSTRAINTS t
 WHERE t.TABLE_SCHEMA = %(schema)s
   AND t.CONSTRAINT_TYPE = 'CHECK'
 ORDER BY t.TABLE_NAME, t.CONSTRAINT_NAME
