-- The statement that makes a schema again, as the server writes it.
-- Versions: 8.0+. Privileges: any on the schema.
SHOW CREATE DATABASE {schema}
