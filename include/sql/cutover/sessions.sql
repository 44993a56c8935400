-- Everybody's sessions, with the user alone: a session does not tell by which host pattern it logged in. Not from
-- information_schema, which fails where a statement has characters beyond U+FFFF, nor from performance_schema, which
-- may be switched off.
-- Versions: 8.0+. Privileges: PROCESS.
SHOW PROCESSLIST
