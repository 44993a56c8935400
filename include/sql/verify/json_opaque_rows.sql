-- How many rows of a key range hold a JSON scalar that JSON text does not have (see sql/json_types.py).
-- Versions: 8.0+. Privileges: SELECT. Cost: a range scan that looks at every member and element of the values.
SELECT COUNT(*) AS found FROM {table} {index} WHERE {range} AND {opaque}
