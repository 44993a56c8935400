-- The state each event had on the source, by its name on the target.
-- Versions: 8.0+. Privileges: SELECT.
SELECT event_schema, event_name, source_state FROM {control}.event_states WHERE migration = %(migration)s
