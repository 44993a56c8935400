-- One row per granted role.
-- Versions: 8.0+. Privileges: SELECT on mysql.role_edges.
SELECT e.TO_USER AS user,
       e.TO_HOST AS host,
       e.FROM_USER AS role_user,
       e.FROM_HOST AS role_host,
       e.WITH_ADMIN_OPTION = 'Y' AS admin
  FROM mysql.role_edges e
 ORDER BY e.TO_USER, e.TO_HOST, e.FROM_USER, e.FROM_HOST
