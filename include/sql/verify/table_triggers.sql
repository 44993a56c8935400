-- Names of a table's triggers.
-- Versions: 8.0+. Privileges: TRIGGER.
SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS
 WHERE EVENT_OBJECT_SCHEMA = %(schema)s AND EVENT_OBJECT_TABLE = %(table)s ORDER BY TRIGGER_NAME
