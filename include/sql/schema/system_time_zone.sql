-- What the time zone SYSTEM means on this server.
-- Versions: 8.0+. Privileges: none.
SELECT @@system_time_zone
