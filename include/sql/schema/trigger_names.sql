-- Names of the triggers of a schema with the tables they watch.
-- Versions: 8.0+. Privileges: TRIGGER on each table.
SELECT t.TRIGGER_NAME AS name,
       t.EVENT_OBJECT_TABLE AS table_name
  FROM information_schema.TRIGGERS t
 WHERE t.TRIGGER_SCHEMA = %(schema)s
 ORDER BY t.EVENT_OBJECT_TABLE, t.TRIGGER_NAME
