-- One row per default role of an account.
-- Versions: 8.0+. Privileges: SELECT on mysql.default_roles.
SELECT d.USER AS user,
       d.HOST AS host,
       d.DEFAULT_ROLE_USER AS role_user,
       d.DEFAULT_ROLE_HOST AS role_host
  FROM mysql.default_roles d
 ORDER BY d.USER, d.HOST, d.DEFAULT_ROLE_USER, d.DEFAULT_ROLE_HOST
