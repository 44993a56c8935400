-- Lets commits stand still, for as long as it takes to read the position.
-- Versions: 8.0+. Privileges: RELOAD.
FLUSH TABLES WITH READ LOCK
