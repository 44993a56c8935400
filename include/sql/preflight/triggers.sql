-- Triggers of some schemas with their table, definer and text.
-- Versions: 8.0+. Privileges: TRIGGER on each table; without it a trigger is not shown.
SELECT t.TRIGGER_SCHEMA AS schema_name,
       t.TRIGGER_NAME AS name,
       t.EVENT_OBJECT_TABLE AS table_name,
       t.DEFINER AS definer,
       t.ACTION_STATEMENT AS text
  FROM information_schema.TRIGGERS t
 WHERE t.TRIGGER_SCHEMA IN %(schemas)s
 ORDER BY t.TRIGGER_SCHEMA, t.TRIGGER_NAME
