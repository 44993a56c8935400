-- Lets nobody log in with an account any more; its open sessions go on.
-- Versions: 8.0+. Privileges: CREATE USER.
ALTER USER IF EXISTS {account} ACCOUNT LOCK
