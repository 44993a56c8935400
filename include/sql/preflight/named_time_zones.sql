-- 1 where the server's time zone tables are filled, so that named zones are understood.
-- Versions: 8.0+. Privileges: none.
SELECT CONVERT_TZ('2000-01-01 00:00:00', 'UTC', 'Europe/Berlin') IS NOT NULL AS known
