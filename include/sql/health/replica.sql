-- One row a channel if the server is a replica itself; Seconds_Behind_Source is NULL while it does not apply.
-- Versions: 8.0.22+. Privileges: REPLICATION CLIENT.
SHOW REPLICA STATUS
