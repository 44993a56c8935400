-- Every account and role, with its authentication plugin.
-- Versions: 8.0+. Privileges: SELECT on mysql.user.
SELECT u.User AS user,
       u.Host AS host,
       u.plugin AS plugin
  FROM mysql.user u
 ORDER BY u.User, u.Host
