-- Ends a session where only Amazon's procedure may.
-- Versions: 8.0+ on RDS and Aurora. Privileges: EXECUTE on mysql.rds_kill.
CALL mysql.rds_kill(%(id)s)
