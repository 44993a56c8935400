-- Threads of events of some schemas that are running now.
-- Versions: 8.0+. Privileges: SELECT on performance_schema.threads.
SELECT t.PROCESSLIST_ID AS id
  FROM performance_schema.threads t
 WHERE t.NAME = 'thread/sql/event_worker' AND t.PROCESSLIST_DB IN %(schemas)s
