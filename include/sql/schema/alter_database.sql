-- Gives a schema other defaults; they count for objects created later and change no table.
-- Versions: 8.0+. Privileges: ALTER on the schema.
ALTER DATABASE {schema} {defaults}
