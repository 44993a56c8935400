"""Change data capture: the source's binlog, followed into the target."""
