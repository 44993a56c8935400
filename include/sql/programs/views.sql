-- One row per view of a schema; broken ones are listed too, with warning 1356.
-- Versions: 8.0+. Privileges: any on each view; SHOW VIEW for the definer's name.
SELECT v.TABLE_NAME AS name,
       v.DEFINER AS definer,
       v.SECURITY_TYPE AS security,
       v.CHARACTER_SET_CLIENT AS character_set_client,
       v.COLLATION_CONNECTION AS collation_connection,
       v.CHECK_OPTION AS check_option,
       v.IS_UPDATABLE = 'YES' AS updatable
  FROM information_schema.VIEWS v
 WHERE v.TABLE_SCHEMA = %(schema)s
 ORDER BY v.TABLE_NAME
