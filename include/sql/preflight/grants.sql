-- What the session may do: the account's own grants and those of its active roles, one GRANT or REVOKE a row.
-- Versions: 8.0+. Privileges: none.
SHOW GRANTS
