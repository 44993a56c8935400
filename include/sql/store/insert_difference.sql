-- Keeps one difference.
-- Versions: 8.0+. Privileges: INSERT.
INSERT INTO {control}.differences (migration, run_id, area, scope, number, kind, subject, detail, rule)
VALUES (%(migration)s, %(run_id)s, %(area)s, %(scope)s, %(number)s, %(kind)s, %(subject)s, %(detail)s, %(rule)s)
