-- Creates a schema with the source's defaults; what is there already stays as it is.
-- Versions: 8.0+. Privileges: CREATE on the schema.
CREATE DATABASE IF NOT EXISTS {schema} {defaults}
