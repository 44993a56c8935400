-- Settings that change what grants and roles mean, or how accounts can be made; one the server lacks is absent.
-- Versions: 8.0+ (partial_revokes 8.0.16+, authentication_policy 8.0.27+, validate_password as component or plugin).
-- Privileges: none.
SHOW GLOBAL VARIABLES
WHERE Variable_name IN ('activate_all_roles_on_login', 'authentication_policy', 'general_log', 'mandatory_roles',
                        'partial_revokes', 'validate_password.policy', 'validate_password_policy')
