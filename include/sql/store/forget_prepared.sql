-- Forgets a prepared transaction, which has been decided.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {control}.prepared_changes WHERE migration = %(migration)s AND xid = %(xid)s
