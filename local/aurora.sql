-- What an Aurora MySQL 3 cluster holds before its owner first logs in: the role, the administrator, Amazon's own account.
-- The privileges are those that Aurora's documentation lists for the administrator ("Master user account privileges",
-- "Role-based privilege model"), from 3.04 with SHOW_ROUTINE and from 3.09 with the FLUSH_ privileges.
-- Run as root on the target. A dynamic privilege that this server does not know is left out by the caller:
-- SET_USER_ID became SET_ANY_DEFINER and ALLOW_NONEXISTENT_DEFINER in 8.4 and is gone there.
SET sql_log_bin = 0;

CREATE ROLE IF NOT EXISTS rds_superuser_role;
CREATE USER IF NOT EXISTS admin IDENTIFIED BY %(password)s;
ALTER USER admin IDENTIFIED BY %(password)s;

GRANT ALTER, ALTER ROUTINE, CREATE, CREATE ROLE, CREATE ROUTINE, CREATE TEMPORARY TABLES, CREATE USER, CREATE VIEW,
  DELETE, DROP, DROP ROLE, EVENT, EXECUTE, INDEX, INSERT, LOCK TABLES, PROCESS, REFERENCES, RELOAD, REPLICATION CLIENT,
  REPLICATION SLAVE, SELECT, SHOW DATABASES, SHOW VIEW, TRIGGER, UPDATE
  ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT CONNECTION_ADMIN ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT ROLE_ADMIN ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT SET_USER_ID ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT SET_ANY_DEFINER ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT ALLOW_NONEXISTENT_DEFINER ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT SHOW_ROUTINE ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT XA_RECOVER_ADMIN ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT FLUSH_OPTIMIZER_COSTS ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT FLUSH_STATUS ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT FLUSH_TABLES ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;
GRANT FLUSH_USER_RESOURCES ON *.* TO rds_superuser_role, admin WITH GRANT OPTION;

GRANT rds_superuser_role TO admin;
SET DEFAULT ROLE rds_superuser_role TO admin;

-- Amazon's account: it holds SYSTEM_USER, so the administrator can neither change nor drop it.
CREATE USER IF NOT EXISTS rdsadmin@localhost ACCOUNT LOCK;
GRANT ALL ON *.* TO rdsadmin@localhost WITH GRANT OPTION;
