-- Some row changes of a prepared transaction, in order.
-- Versions: 8.0+. Privileges: SELECT.
SELECT number, source_schema, source_table, kind, HEX(before_image) AS before_image, HEX(after_image) AS after_image
  FROM {control}.prepared_changes
 WHERE migration = %(migration)s AND xid = %(xid)s AND number > %(after)s ORDER BY number LIMIT 500
