-- Accounts that hold SYSTEM_USER: nobody without it may create objects in their name.
-- Versions: 8.0.16+. Privileges: SELECT on mysql.global_grants.
SELECT g.USER AS user,
       g.HOST AS host
  FROM mysql.global_grants g
 WHERE g.PRIV = 'SYSTEM_USER'
 ORDER BY g.USER, g.HOST
