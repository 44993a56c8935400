-- The replicas that are connected: Server_Id, Host, Port, Source_Id, Replica_UUID. Host is what the replica says of itself.
-- Versions: 8.0.22+. Privileges: REPLICATION SLAVE.
SHOW REPLICAS
