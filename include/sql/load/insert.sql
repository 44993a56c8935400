-- Head of a multi-row INSERT or REPLACE; the VALUES tuples are row texts (see sql/row_text.py).
-- Versions: 8.0+. Privileges: INSERT.
{verb} INTO {table} ({columns})
