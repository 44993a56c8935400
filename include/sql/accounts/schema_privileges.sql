-- One row per account and schema pattern, the privileges as columns *_priv.
-- Versions: 8.0+. Privileges: SELECT on mysql.db.
SELECT d.*
  FROM mysql.db d
 ORDER BY d.User, d.Host, d.Db
