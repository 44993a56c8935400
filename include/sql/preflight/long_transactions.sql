-- Transactions open for longer than some seconds.
-- Versions: 8.0+. Privileges: PROCESS.
SELECT t.trx_mysql_thread_id AS thread,
       TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) AS seconds,
       t.trx_rows_modified AS rows_modified
  FROM information_schema.INNODB_TRX t
 WHERE t.trx_started < NOW() - INTERVAL %(seconds)s SECOND
   AND t.trx_mysql_thread_id <> CONNECTION_ID()
 ORDER BY t.trx_started
 LIMIT 20
