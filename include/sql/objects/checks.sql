-- One row per CHECK constraint of a schema.
-- Versions: 8.0.16+. Privileges: any on each table.
SELECT t.TABLE_NAME AS table_name,
       t.CONSTRAINT_NAME AS name,
       CAST(c.CHECK_CLAUSE AS CHAR) AS clause,
       t.ENFORCED AS enforced
  FROM information_schema.TABLE_CONSTRAINTS t
  JOIN information_schema.CHECK_CONSTRAINTS c
    ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME
 WHERE t.TABLE_SCHEMA = %(schema)s
   AND t.CONSTRAINT_TYPE = 'CHECK'
 ORDER BY t.TABLE_NAME, t.CONSTRAINT_NAME
