-- One row per account and role: login, TLS, limits, password policy, lock, and the static global privileges as
-- columns *_priv (all columns are taken, so that a privilege this project does not know yet is seen).
-- The password hash comes as hexadecimal bytes in password_hash. Never log a row of this.
-- Versions: 8.0+ (columns that came with 8.0.13 and 8.0.14 may be absent). Privileges: SELECT on mysql.user. On Aurora the administrator may read this, never write it.
SELECT u.*,
       HEX(u.authentication_string) AS password_hash
  FROM mysql.user u
 ORDER BY u.User, u.Host
