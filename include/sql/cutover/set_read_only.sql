-- Switches a server's variable that stops writes; super_read_only brings read_only with it, and off goes with it.
-- Versions: 8.0+. Privileges: SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN.
SET GLOBAL {variable} = {value}
