-- Sessions of users, with the user alone: a session does not tell by which host pattern it logged in.
-- Versions: 8.0+. Privileges: PROCESS.
SELECT p.ID AS id, p.USER AS user, p.HOST AS host, p.DB AS db, p.COMMAND AS command, p.TIME AS seconds
  FROM information_schema.PROCESSLIST p
 WHERE p.ID <> CONNECTION_ID() AND p.USER NOT IN ('system user', 'event_scheduler')
   AND p.COMMAND NOT LIKE 'Binlog Dump%%'
 ORDER BY p.ID
