-- Names of all JavaScript libraries; only asked where a grant names one.
-- Versions: 9.2+. Privileges: any on each library.
SELECT l.LIBRARY_SCHEMA AS schema_name,
       l.LIBRARY_NAME AS name
  FROM information_schema.LIBRARIES l
