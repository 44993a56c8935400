-- Drops a trigger that would fire on repaired rows.
-- Versions: 8.0+. Privileges: TRIGGER.
DROP TRIGGER IF EXISTS {trigger}
