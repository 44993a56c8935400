-- Functions that come from a shared library (CREATE FUNCTION … SONAME) or a component.
-- Versions: 8.0+. Privileges: SELECT on performance_schema.
SELECT f.UDF_NAME AS name
  FROM performance_schema.user_defined_functions f
 ORDER BY f.UDF_NAME
