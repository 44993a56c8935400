-- Expressions of generated columns and CHECK constraints of some schemas.
-- Versions: 8.0.16+. Privileges: any on each table.
SELECT c.TABLE_SCHEMA AS schema_name,
       c.TABLE_NAME AS table_name,
       'generated column' AS kind,
       c.COLUMN_NAME AS name,
       CAST(c.GENERATION_EXPRESSION AS CHAR) AS expression
  FROM information_schema.COLUMNS c
 WHERE c.TABLE_SCHEMA IN %(schemas)s
   AND c.GENERATION_EXPRESSION <> ''
 UNION ALL
SELECT t.TABLE_SCHEMA,
       t.TABLE_NAME,
       'check',
       k.CONSTRAINT_NAME,
       CONCAT(CAST(k.CHECK_CLAUSE AS CHAR), ' ', t.ENFORCED)
  FROM information_schema.TABLE_CONSTRAINTS t
  JOIN information_schema.CHECK_CONSTRAINTS k
    ON k.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND k.CONSTRAINT_NAME = t.CONSTRAINT_NAME
 WHERE t.TABLE_SCHEMA IN %(schemas)s
   AND t.CONSTRAINT_TYPE = 'CHECK'
 ORDER BY 1, 2, 3, 4
