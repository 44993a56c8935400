-- Settings of the target that decide how accounts can be made there; a variable it does not have is absent.
-- Versions: 8.0+ (authentication_policy 8.0.27+; validate_password as component or, until 8.4, as plugin).
-- Privileges: none.
SHOW GLOBAL VARIABLES
WHERE Variable_name IN ('authentication_policy', 'general_log', 'partial_revokes')
   OR Variable_name IN ('validate_password.policy', 'validate_password_policy')
