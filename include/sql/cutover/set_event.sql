-- Enables or disables an event.
-- Versions: 8.0+. Privileges: EVENT.
ALTER EVENT {event} {state}
