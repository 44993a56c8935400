-- The same for servers before 8.0.22, where SHOW REPLICAS is a syntax error; the last columns: Master_id, Slave_UUID.
-- Versions: 8.0 to 8.3. Privileges: REPLICATION SLAVE.
SHOW SLAVE HOSTS
