-- One row per account and routine (kind: FUNCTION, PROCEDURE, from 9.2 LIBRARY); privileges is a comma list.
-- Versions: 8.0+. Privileges: SELECT on mysql.procs_priv.
SELECT p.User AS user,
       p.Host AS host,
       p.Db AS schema_name,
       p.Routine_name AS name,
       CAST(p.Routine_type AS CHAR) AS kind,
       CAST(p.Proc_priv AS CHAR) AS privileges
  FROM mysql.procs_priv p
 ORDER BY p.User, p.Host, p.Db, p.Routine_name
