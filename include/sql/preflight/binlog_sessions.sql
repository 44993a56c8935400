-- Binlog settings of the sessions that are open now, this one aside, one row a session and setting.
-- Versions: 8.0+. Privileges: SELECT on performance_schema.
SELECT t.PROCESSLIST_ID AS thread,
       v.VARIABLE_NAME AS name,
       v.VARIABLE_VALUE AS value
  FROM performance_schema.variables_by_thread v
  JOIN performance_schema.threads t ON t.THREAD_ID = v.THREAD_ID
 WHERE v.VARIABLE_NAME IN %(names)s
   AND t.PROCESSLIST_ID <> CONNECTION_ID()
 ORDER BY t.PROCESSLIST_ID, v.VARIABLE_NAME
