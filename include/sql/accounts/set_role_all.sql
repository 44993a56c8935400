-- Activates every granted role: Aurora's administrator may hold its privileges through rds_superuser_role alone.
-- Versions: 8.0+. Privileges: none.
SET ROLE ALL
