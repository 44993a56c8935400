-- Keeps an incident in place of an earlier one of the same scope.
-- Versions: 8.0+. Privileges: INSERT, DELETE.
REPLACE INTO {control}.incidents (migration, run_id, scope, kind, detail, statements, noted_at)
VALUES (%(migration)s, %(run_id)s, %(scope)s, %(kind)s, %(detail)s, %(statements)s, UTC_TIMESTAMP(6))
