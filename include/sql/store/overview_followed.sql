-- The tables whose changes are followed, with their mode and the row changes applied so far.
-- Versions: 8.0+. Privileges: SELECT.
SELECT source_schema, source_table, mode, row_changes FROM {control}.sync_tables WHERE migration = %(migration)s
