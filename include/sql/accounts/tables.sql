-- Names of all tables and views, the server's own included, to tell grants on dropped objects from others.
-- Versions: 8.0+. Privileges: SELECT on *.*. Cost: data dictionary only.
SELECT t.TABLE_SCHEMA AS schema_name,
       t.TABLE_NAME AS name,
       t.TABLE_TYPE IN ('VIEW', 'SYSTEM VIEW') AS is_view
  FROM information_schema.TABLES t
 WHERE t.TABLE_SCHEMA <> 'information_schema'
