-- Changes of rows that purge has not removed yet, since somebody may still read the version before them.
-- Versions: 8.0+. Privileges: PROCESS.
SELECT `COUNT` AS length FROM information_schema.INNODB_METRICS
 WHERE NAME = 'trx_rseg_history_len' AND STATUS = 'enabled'
