"""A look at a migration's control schema by somebody who must neither write nor wait.

The session is READ ONLY, connects within two seconds and gives up on a statement after ten: whoever answers a
person sooner than that has to say so and come back for the result.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from aurora_migration.bridge.endpoints import endpoint
from aurora_migration.model.config import MigrationConfig
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control

CONNECT_SECONDS: Final = 2
STATEMENT_SECONDS: Final = 10


@contextlib.contextmanager
def reading(connection_id: str) -> Iterator[Session]:
    """A session on a target that cannot write. Raises: ConfigurationError, RetryableError."""
    target = replace(endpoint("target", connection_id), connect_timeout_seconds=CONNECT_SECONDS)
    with Session.open(target, answer_seconds=STATEMENT_SECONDS) as session:
        session.set_variable("transaction_read_only", 1)
        session.set_variable("max_execution_time", STATEMENT_SECONDS * 1000)
        yield session


def control_of(config: MigrationConfig) -> Control:
    """The migration's part of its control schema."""
    return Control(config.control_schema, config.name)
