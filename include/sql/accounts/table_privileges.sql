-- One row per account and table; privileges is a comma list. GRANT OPTION of column grants is here too.
-- Versions: 8.0+. Privileges: SELECT on mysql.tables_priv.
SELECT t.User AS user,
       t.Host AS host,
       t.Db AS schema_name,
       t.Table_name AS name,
       CAST(t.Table_priv AS CHAR) AS privileges
  FROM mysql.tables_priv t
 ORDER BY t.User, t.Host, t.Db, t.Table_name
