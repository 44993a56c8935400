-- Accounts that can log in: neither locked nor roles that nobody logs in with.
-- Versions: 8.0+. Privileges: SELECT on mysql.user.
SELECT u.User AS user, u.Host AS host
  FROM mysql.user u
 WHERE u.account_locked = 'N' AND u.User <> ''
 ORDER BY u.User, u.Host
