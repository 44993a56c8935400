-- One row per account and column; privileges is a comma list.
-- Versions: 8.0+. Privileges: SELECT on mysql.columns_priv.
SELECT c.User AS user,
       c.Host AS host,
       c.Db AS schema_name,
       c.Table_name AS name,
       c.Column_name AS column_name,
       CAST(c.Column_priv AS CHAR) AS privileges
  FROM mysql.columns_priv c
 ORDER BY c.User, c.Host, c.Db, c.Table_name, c.Column_name
