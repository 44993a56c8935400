-- Deletes some of the rows that hold just these values, of a table without a key.
-- Versions: 8.0+. Privileges: DELETE. Cost: a scan of the table.
DELETE FROM {table} WHERE {condition} LIMIT %(count)s
