-- InnoDB's transactions with changes that no thread has: prepared XA transactions, as far as they can be seen.
-- Younger ones may be the server's own.
-- Versions: 8.0+. Privileges: PROCESS.
SELECT t.trx_started AS started
  FROM information_schema.INNODB_TRX t
 WHERE t.trx_mysql_thread_id = 0
   AND t.trx_rows_modified > 0
   AND t.trx_started < NOW() - INTERVAL 1 SECOND
 ORDER BY t.trx_started
 LIMIT 20
