-- Remembers an event's state on the source.
-- Versions: 8.0+. Privileges: INSERT, UPDATE.
INSERT INTO {control}.event_states (migration, event_schema, event_name, source_state)
VALUES (%(migration)s, %(schema)s, %(name)s, %(state)s)
ON DUPLICATE KEY UPDATE source_state = %(state)s
