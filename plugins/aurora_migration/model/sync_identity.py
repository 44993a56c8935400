"""Who a migration is to its source's binlog: the server id and the name that its replica registers with.

The same file gives the same id on every machine, and ids that are made lie in the upper half of the range, where
people seldom number servers by hand. Two migrations of one name that read one source have one id: then
``sync.server_id`` tells them apart.
"""

from __future__ import annotations

import zlib
from typing import Final

from aurora_migration.model.config import MigrationConfig

_UPPER_HALF: Final = 1 << 31


def replica_id(config: MigrationConfig) -> int:
    """The server id, 1 to 4,294,967,295: the file's ``sync.server_id``, or one made from the migration's name."""
    return config.sync.server_id or _made_from(config.name)


def replica_name(config: MigrationConfig) -> str:
    """The reader's name, which makes its UUID: by that the source ends an earlier stream of the same sync."""
    return f"mysql-to-aurora/{config.name}"


def probe_id(config: MigrationConfig) -> int:
    """Another id of the same migration, for a look that must not get in the way of a sync that is running."""
    made = _made_from(f"{config.name} preflight")
    return made if made != replica_id(config) else made ^ 1


def _made_from(text: str) -> int:
    return _UPPER_HALF | zlib.crc32(text.encode())
