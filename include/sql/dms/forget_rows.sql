-- Forgets what an earlier load of a replication left in one of DMS's control tables.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {table} WHERE TASK_NAME IN (%(identifier)s, %(resource)s)
