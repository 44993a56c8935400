-- Transactions that the server has run, and those of them that its binlog no longer has.
-- Versions: 8.0+. Privileges: none.
SELECT @@GLOBAL.gtid_executed AS executed, @@GLOBAL.gtid_purged AS purged
