-- Events of some schemas with definer, time zone, status and text.
-- Versions: 8.0+. Privileges: EVENT on each schema; without it an event is not shown.
SELECT e.EVENT_SCHEMA AS schema_name,
       e.EVENT_NAME AS name,
       e.DEFINER AS definer,
       e.TIME_ZONE AS time_zone,
       e.STATUS AS status,
       e.EVENT_DEFINITION AS text
  FROM information_schema.EVENTS e
 WHERE e.EVENT_SCHEMA IN %(schemas)s
 ORDER BY e.EVENT_SCHEMA, e.EVENT_NAME
