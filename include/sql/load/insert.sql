-- Head of a multi-row INSERT; the VALUES tuples are row texts (see sql/row_text.py).
-- Versions: 8.0+. Privileges: INSERT.
INSERT INTO {table} ({columns})
