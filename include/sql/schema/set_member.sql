-- One row's text and number of a SET that holds the member with this bit; no row if it is not in use.
-- Versions: 8.0+. Privileges: SELECT on the table. Cost: reads the table until a row has it.
SELECT {column} AS member,
       {column} + 0 AS number
  FROM {table}
 WHERE {column} & %(number)s
 LIMIT 1
