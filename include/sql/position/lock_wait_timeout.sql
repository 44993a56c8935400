-- How long this session waits for metadata locks, in seconds.
-- Versions: 8.0+. Privileges: none.
SELECT @@SESSION.lock_wait_timeout AS seconds
