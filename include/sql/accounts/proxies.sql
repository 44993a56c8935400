-- One row per PROXY grant; both proxied columns are empty for "every account".
-- Versions: 8.0+. Privileges: SELECT on mysql.proxies_priv.
SELECT p.User AS user,
       p.Host AS host,
       p.Proxied_user AS proxied_user,
       p.Proxied_host AS proxied_host,
       p.With_grant AS grantable
  FROM mysql.proxies_priv p
 ORDER BY p.User, p.Host, p.Proxied_user, p.Proxied_host
