-- Says what a dump stream should be like: checksums on, a heartbeat (nanoseconds) while nothing happens, and a UUID, by
-- which the server ends an earlier stream of the same replica. Both spellings: servers before 8.0.26 know the first only.
-- Versions: 8.0+. Privileges: none.
SET @master_binlog_checksum = 'CRC32', @source_binlog_checksum = 'CRC32',
    @master_heartbeat_period = %(heartbeat)s, @source_heartbeat_period = %(heartbeat)s,
    @slave_uuid = %(uuid)s, @replica_uuid = %(uuid)s
