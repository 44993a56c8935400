-- Connections open now, and this account's own limit (0: none).
-- Versions: 8.0+. Privileges: SELECT on performance_schema.
SELECT CAST(s.VARIABLE_VALUE AS UNSIGNED) AS connected,
       @@SESSION.max_user_connections AS account_limit
  FROM performance_schema.global_status s
 WHERE s.VARIABLE_NAME = 'Threads_connected'
