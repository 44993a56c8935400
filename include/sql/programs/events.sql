-- One row per event of a schema; times are in the event's own time zone.
-- Versions: 8.0+. Privileges: EVENT on the schema.
SELECT e.EVENT_NAME AS name,
       e.DEFINER AS definer,
       e.SQL_MODE AS sql_mode,
       e.CHARACTER_SET_CLIENT AS character_set_client,
       e.COLLATION_CONNECTION AS collation_connection,
       e.DATABASE_COLLATION AS database_collation,
       e.STATUS AS status,
       e.TIME_ZONE AS time_zone,
       CAST(e.EXECUTE_AT AS CHAR) AS execute_at,
       e.INTERVAL_VALUE AS interval_value,
       e.INTERVAL_FIELD AS interval_field,
       CAST(e.STARTS AS CHAR) AS starts,
       CAST(e.ENDS AS CHAR) AS ends,
       e.ON_COMPLETION AS on_completion,
       COALESCE(e.EVENT_COMMENT, '') AS comment
  FROM information_schema.EVENTS e
 WHERE e.EVENT_SCHEMA = %(schema)s
 ORDER BY e.EVENT_NAME
