-- Events of some schemas that run by themselves.
-- Versions: 8.0+. Privileges: EVENT.
SELECT e.EVENT_SCHEMA AS event_schema, e.EVENT_NAME AS event_name
  FROM information_schema.EVENTS e
 WHERE e.EVENT_SCHEMA IN %(schemas)s AND e.STATUS = 'ENABLED'
 ORDER BY e.EVENT_SCHEMA, e.EVENT_NAME
