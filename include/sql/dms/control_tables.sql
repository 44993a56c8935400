-- Which of DMS's control tables are in the control schema.
-- Versions: 8.0+. Privileges: any on the schema.
SELECT TABLE_NAME AS name FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = %(control)s
   AND TABLE_NAME IN ('awsdms_apply_exceptions', 'awsdms_suspended_tables', 'awsdms_validation_failures_v1')
