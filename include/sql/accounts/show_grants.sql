-- What an account is granted; {using} is empty or USING with roles, whose privileges are then included.
-- Versions: 8.0+. Privileges: none for oneself; SELECT on mysql.user for another account.
SHOW GRANTS FOR {account} {using}
