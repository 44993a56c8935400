-- Prepared XA transactions of the source that changed followed tables and are neither committed nor rolled back.
-- Versions: 8.0+. Privileges: SELECT.
SELECT DISTINCT xid FROM {control}.prepared_changes WHERE migration = %(migration)s ORDER BY xid LIMIT 10
