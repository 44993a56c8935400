-- The tables of a control schema, in the column name; no row where there is no schema.
-- Versions: 8.0+. Privileges: those of a control schema.
SELECT t.TABLE_NAME AS name FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = %(control)s
