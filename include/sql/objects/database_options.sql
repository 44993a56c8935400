-- Options of a schema beside its defaults, such as READ ONLY=1.
-- Versions: 8.0.22+. Privileges: any on the schema.
SELECT e.OPTIONS AS options
  FROM information_schema.SCHEMATA_EXTENSIONS e
 WHERE e.SCHEMA_NAME = %(schema)s
