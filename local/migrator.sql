-- The source's account for migrations: what reading everything needs, and no right to write.
-- SELECT reads rows (and, global, the grant tables); SHOW VIEW, TRIGGER, EVENT and SHOW_ROUTINE (8.0.20) read definitions;
-- EXECUTE lets SHOW CREATE VIEW show a JSON_TABLE over a view that calls a function; nothing here calls a procedure.
-- PROCESS, RELOAD and LOCK TABLES are for a consistent start; REPLICATION CLIENT and REPLICATION SLAVE read the binlog.
-- Run as root on the source.
SET sql_log_bin = 0;
CREATE USER IF NOT EXISTS migrator IDENTIFIED BY %(password)s;
ALTER USER migrator IDENTIFIED BY %(password)s;
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES, PROCESS, RELOAD, REPLICATION CLIENT, REPLICATION SLAVE
  ON *.* TO migrator;
GRANT SHOW_ROUTINE ON *.* TO migrator;
GRANT EXECUTE ON *.* TO migrator;
