-- One row per trigger of a schema, in the order in which the triggers of a table fire.
-- Versions: 8.0+. Privileges: TRIGGER on the table.
SELECT t.TRIGGER_NAME AS name,
       t.DEFINER AS definer,
       t.SQL_MODE AS sql_mode,
       t.CHARACTER_SET_CLIENT AS character_set_client,
       t.COLLATION_CONNECTION AS collation_connection,
       t.DATABASE_COLLATION AS database_collation,
       t.EVENT_OBJECT_SCHEMA AS table_schema,
       t.EVENT_OBJECT_TABLE AS table_name,
       t.ACTION_TIMING AS timing,
       t.EVENT_MANIPULATION AS event,
       t.ACTION_ORDER AS action_order
  FROM information_schema.TRIGGERS t
 WHERE t.TRIGGER_SCHEMA = %(schema)s
 ORDER BY t.EVENT_OBJECT_TABLE, t.ACTION_TIMING, t.EVENT_MANIPULATION, t.ACTION_ORDER
