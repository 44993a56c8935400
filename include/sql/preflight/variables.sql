-- Every global variable of the server, by name.
-- Versions: 8.0+. Privileges: none.
SHOW GLOBAL VARIABLES
