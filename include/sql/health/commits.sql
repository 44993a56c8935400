-- COMMIT statements since the server's start and what they took, in picoseconds.
-- Versions: 8.0+. Privileges: SELECT on performance_schema.
SELECT COUNT_STAR AS commits, SUM_TIMER_WAIT AS picoseconds
  FROM performance_schema.events_statements_summary_global_by_event_name
 WHERE EVENT_NAME = 'statement/sql/commit'
