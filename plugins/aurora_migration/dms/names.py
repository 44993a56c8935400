"""What a migration's AWS resources are called, and the tag that says whose they are.

Every identifier follows from the migration's name, so a task that was killed finds what it made. DMS takes
letters, digits and single hyphens, and keeps identifiers in lower case
(https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationInstance.html). Where that changes a
name, a few digits of its hash keep two migrations apart.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

TAG: Final = "mysql-to-aurora"
_PREFIX: Final = "m2a-"


@dataclass(frozen=True, slots=True)
class Names:
    """Identifiers of one migration's resources."""

    migration: str

    @property
    def base(self) -> str:
        """Shared by all: at most 60 characters, since an instance's identifier ends at 63."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.migration.lower()).strip("-")
        if plain == self.migration:
            return f"{_PREFIX}{plain}"
        return f"{_PREFIX}{plain}-{hashlib.sha256(self.migration.encode()).hexdigest()[:6]}"

    @property
    def subnet_group(self) -> str:
        return self.base

    @property
    def instance(self) -> str:
        return self.base

    @property
    def source_endpoint(self) -> str:
        return f"{self.base}-source"

    @property
    def target_endpoint(self) -> str:
        return f"{self.base}-target"

    @property
    def replication(self) -> str:
        """The replication task, or the serverless replication config."""
        return self.base

    @property
    def description(self) -> str:
        """The subnet group's: DMS refuses an empty one and takes printable characters only."""
        return f"mysql-to-aurora: subnets of the migration {self.migration}"

    @property
    def tags(self) -> list[dict[str, str]]:
        return [{"Key": TAG, "Value": self.migration}]
