-- How far the slowest Aurora replica is behind the writer, in milliseconds; replicas that have not been heard of for
-- five minutes are gone. NULL without replicas. {status} is information_schema.replica_host_status.
-- Versions: Aurora MySQL 3+. Privileges: none.
SELECT MAX(replica_lag_in_milliseconds) AS milliseconds FROM {status}
 WHERE session_id <> 'MASTER_SESSION_ID' AND TIME_TO_SEC(TIMEDIFF(NOW(), last_update_timestamp)) <= 300
