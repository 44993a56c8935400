-- Server settings that change what grants and roles mean.
-- Versions: 8.0.16+ (partial_revokes). Privileges: none.
SELECT @@GLOBAL.partial_revokes AS partial_revokes,
       @@GLOBAL.mandatory_roles AS mandatory_roles,
       @@GLOBAL.activate_all_roles_on_login AS activate_all_roles
