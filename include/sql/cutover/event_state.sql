-- The state of an event; no row if it is not there.
-- Versions: 8.0+. Privileges: EVENT.
SELECT e.STATUS AS status FROM information_schema.EVENTS e
 WHERE e.EVENT_SCHEMA = %(schema)s AND e.EVENT_NAME = %(name)s
