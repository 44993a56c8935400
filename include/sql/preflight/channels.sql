-- Replication channels that this server receives, running or not.
-- Versions: 8.0+. Privileges: SELECT on performance_schema.
SELECT c.CHANNEL_NAME AS channel,
       s.SOURCE_UUID AS source_uuid,
       s.SERVICE_STATE AS receiver,
       a.SERVICE_STATE AS applier
  FROM performance_schema.replication_connection_configuration c
  LEFT JOIN performance_schema.replication_connection_status s ON s.CHANNEL_NAME = c.CHANNEL_NAME
  LEFT JOIN performance_schema.replication_applier_status a ON a.CHANNEL_NAME = c.CHANNEL_NAME
 ORDER BY c.CHANNEL_NAME
