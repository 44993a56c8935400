-- Tables of some schemas on which a session holds or awaits a metadata lock that stops readers.
-- Versions: 8.0+. Privileges: SELECT on performance_schema.
SELECT l.OBJECT_SCHEMA AS schema_name,
       l.OBJECT_NAME AS name,
       l.LOCK_TYPE AS lock_type,
       l.LOCK_STATUS AS status
  FROM performance_schema.metadata_locks l
 WHERE l.OBJECT_TYPE = 'TABLE'
   AND l.OBJECT_SCHEMA IN %(schemas)s
   AND l.LOCK_TYPE IN ('EXCLUSIVE', 'SHARED_NO_READ_WRITE')
 ORDER BY l.OBJECT_SCHEMA, l.OBJECT_NAME
