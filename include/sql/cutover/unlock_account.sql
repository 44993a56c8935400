-- Lets an account log in again.
-- Versions: 8.0+. Privileges: CREATE USER.
ALTER USER IF EXISTS {account} ACCOUNT UNLOCK
