-- One row's text of the ENUM member with this number; no row if it is not in use.
-- Versions: 8.0+. Privileges: SELECT on the table. Cost: reads the table until a row has it.
SELECT {column} AS member
  FROM {table}
 WHERE {column} = %(number)s
 LIMIT 1
