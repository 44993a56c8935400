-- What the session could do if these roles, which are granted to the account, were active.
-- Versions: 8.0+. Privileges: none, for one's own account.
SHOW GRANTS FOR CURRENT_USER() USING {roles}
