"""How far the target is behind: in position, in seconds, in bytes of binlog."""

from __future__ import annotations

from aurora_migration.engine.cdc.tally import Tally
from aurora_migration.errors import ConfigurationError
from aurora_migration.model.gtid import GtidSet
from aurora_migration.model.position import Position
from aurora_migration.model.sync import Checkpoint, order, place_of
from aurora_migration.mysql.position import ServerFacts, binlog_bytes, read_position
from aurora_migration.mysql.session import Session


def source_position(source: Session) -> Position:
    """Where the source's binlog is now. Raises: ConfigurationError if there is none, or it may not be seen."""
    found = read_position(source)
    if found is None:
        raise ConfigurationError(
            "the binlog is off or its position may not be read",
            subject=source.endpoint.label,
            remedy="set log_bin and GRANT REPLICATION CLIENT ON *.* to its account, or sync.strategy: checksum",
        )
    return found


def has_reached(checkpoint: Checkpoint, aim: Position) -> bool:
    """Whether everything up to ``aim`` has been applied."""
    if checkpoint.by_gtid:
        return GtidSet.parse(checkpoint.position.gtid_set).contains(GtidSet.parse(aim.gtid_set))
    return order(place_of(checkpoint.position)) >= order(place_of(aim))


def lag_of(
    source: Session, checkpoint: Checkpoint, facts: ServerFacts, tally: Tally, reached_of: float | None
) -> tuple[float, int | None]:
    """Seconds and bytes; ``reached_of`` is when the position was read that has been reached (seconds since 1970).

    Bytes are None where they cannot be known: without REPLICATION CLIENT, or after the source failed over.
    """
    now = source_position(source)
    if has_reached(checkpoint, now):
        return 0.0, 0
    if reached_of is not None:
        seconds = max(0.0, tally.wall() - reached_of)
    else:
        seconds = tally.lag_seconds(checkpoint.committed_at)
    if facts.uuid != checkpoint.source_uuid:
        return seconds, None
    return seconds, binlog_bytes(source, place_of(checkpoint.position), place_of(now))
