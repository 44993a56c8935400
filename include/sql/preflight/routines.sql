-- Procedures and functions of some schemas with definer and text.
-- Versions: 8.0+. Privileges: SHOW_ROUTINE (8.0.20+) or SELECT, both global; otherwise only one's own have a text.
SELECT r.ROUTINE_SCHEMA AS schema_name,
       r.ROUTINE_NAME AS name,
       LOWER(r.ROUTINE_TYPE) AS kind,
       r.DEFINER AS definer,
       r.SECURITY_TYPE = 'INVOKER' AS invoker,
       r.IS_DETERMINISTIC = 'YES' AS is_deterministic,
       r.SQL_DATA_ACCESS AS data_access,
       r.ROUTINE_DEFINITION AS text
  FROM information_schema.ROUTINES r
 WHERE r.ROUTINE_SCHEMA IN %(schemas)s
 ORDER BY r.ROUTINE_SCHEMA, r.ROUTINE_NAME, r.ROUTINE_TYPE
