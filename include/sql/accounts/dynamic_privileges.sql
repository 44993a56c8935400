-- One row per dynamic privilege of an account.
-- Versions: 8.0+. Privileges: SELECT on mysql.global_grants.
SELECT g.USER AS user,
       g.HOST AS host,
       g.PRIV AS privilege,
       g.WITH_GRANT_OPTION = 'Y' AS grantable
  FROM mysql.global_grants g
 ORDER BY g.USER, g.HOST, g.PRIV
