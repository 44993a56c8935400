-- One row per procedure and function of a schema.
-- Versions: 8.0+. Privileges: SHOW_ROUTINE (8.0.20+) or SELECT on *.*; a routine without them is not listed.
SELECT r.ROUTINE_NAME AS name,
       r.ROUTINE_TYPE AS kind,
       r.DEFINER AS definer,
       r.SECURITY_TYPE AS security,
       r.SQL_MODE AS sql_mode,
       r.CHARACTER_SET_CLIENT AS character_set_client,
       r.COLLATION_CONNECTION AS collation_connection,
       r.DATABASE_COLLATION AS database_collation,
       COALESCE(CAST(r.DTD_IDENTIFIER AS CHAR), '') AS returns,
       r.IS_DETERMINISTIC = 'YES' AS is_deterministic,
       r.SQL_DATA_ACCESS AS data_access,
       COALESCE(r.EXTERNAL_LANGUAGE, '') AS written_in,
       COALESCE(r.ROUTINE_COMMENT, '') AS comment
  FROM information_schema.ROUTINES r
 WHERE r.ROUTINE_SCHEMA = %(schema)s
 ORDER BY r.ROUTINE_TYPE, r.ROUTINE_NAME
