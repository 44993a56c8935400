-- Keeps one finding.
-- Versions: 8.0+. Privileges: INSERT.
INSERT INTO {control}.findings (migration, run_id, phase, number, severity, code, subject, observed, remedy)
VALUES (%(migration)s, %(run_id)s, %(phase)s, %(number)s, %(severity)s, %(code)s, %(subject)s, %(observed)s, %(remedy)s)
