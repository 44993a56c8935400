-- Forgets the verdict on a key range before it is written anew.
-- Versions: 8.0+. Privileges: DELETE.
DELETE FROM {control}.verdicts
 WHERE migration = %(migration)s AND run_id = %(run_id)s AND source_schema = %(schema)s
   AND source_table = %(table)s AND range_number = %(range)s
