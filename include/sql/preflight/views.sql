-- Views of some schemas with definer and text.
-- Versions: 8.0+. Privileges: any on each view; the text needs SHOW VIEW and SELECT.
SELECT v.TABLE_SCHEMA AS schema_name,
       v.TABLE_NAME AS name,
       v.DEFINER AS definer,
       v.SECURITY_TYPE = 'INVOKER' AS invoker,
       v.VIEW_DEFINITION AS text
  FROM information_schema.VIEWS v
 WHERE v.TABLE_SCHEMA IN %(schemas)s
 ORDER BY v.TABLE_SCHEMA, v.TABLE_NAME
