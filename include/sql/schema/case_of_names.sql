-- 0 where schema and table names differ by case, 1 or 2 where they do not.
-- Versions: 8.0+. Privileges: none.
SELECT @@lower_case_table_names
