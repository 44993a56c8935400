-- 1 where the server accepts LOAD DATA LOCAL.
-- Versions: 8.0+. Privileges: none.
SELECT @@GLOBAL.local_infile
