-- Fills in the counts of a claimed chunk, in the transaction that claimed it.
-- Versions: 8.0+. Privileges: UPDATE.
UPDATE {control}.chunks SET row_count = %(rows)s, byte_count = %(bytes)s, loaded_at = UTC_TIMESTAMP(6)
 WHERE migration = %(migration)s AND source_schema = %(schema)s AND source_table = %(table)s
   AND range_number = %(range)s AND number = %(number)s
