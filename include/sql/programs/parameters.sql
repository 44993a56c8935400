-- One row per parameter of each routine of a schema, in order; position 0 is what a function returns.
-- Versions: 8.0+. Privileges: SHOW_ROUTINE (8.0.20+) or SELECT on *.*.
SELECT p.SPECIFIC_NAME AS routine_name,
       p.ROUTINE_TYPE AS kind,
       COALESCE(p.PARAMETER_MODE, 'RETURNS') AS mode,
       COALESCE(p.PARAMETER_NAME, '') AS name,
       CAST(p.DTD_IDENTIFIER AS CHAR) AS type,
       COALESCE(p.CHARACTER_SET_NAME, '') AS charset,
       COALESCE(p.COLLATION_NAME, '') AS collation
  FROM information_schema.PARAMETERS p
 WHERE p.SPECIFIC_SCHEMA = %(schema)s
 ORDER BY p.ROUTINE_TYPE, p.SPECIFIC_NAME, p.ORDINAL_POSITION
