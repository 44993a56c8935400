-- Collations that the server knows.
-- Versions: 8.0+. Privileges: none.
SELECT c.COLLATION_NAME AS name
  FROM information_schema.COLLATIONS c
