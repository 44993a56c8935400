-- Whether an account is locked; no row if it is not there.
-- Versions: 8.0+. Privileges: SELECT on mysql.user.
SELECT u.account_locked AS locked FROM mysql.user u WHERE u.User = %(user)s AND u.Host = %(host)s
