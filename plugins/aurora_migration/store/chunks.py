"""A chunk's record on the target: it is claimed before its rows, and its counts are committed with them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator

from aurora_migration.errors import RetryableError, StatementError
from aurora_migration.model.chunk import Bound, Chunk
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control

_DUPLICATE_KEY = 1062


@contextlib.contextmanager
def recorded(
    session: Session, control: Control, run_id: str, chunk: Chunk
) -> Iterator[Callable[[int, int], None]]:
    """The transaction of a chunk: its claim, the block, the rows and bytes that the block has told, COMMIT.

    The claim travels with the BEGIN and the counts with the COMMIT. A second writer of the same chunk waits for
    the first. Raises: RetryableError if the first one committed: a repeated unit goes on behind its chunk.
    """
    key = {
        "schema": chunk.table.schema,
        "table": chunk.table.name,
        "range": chunk.range_number,
        "number": chunk.number,
    }
    bounds = {"lower": _encode(chunk.lower), "upper": _encode(chunk.upper)}
    try:
        with session.transaction(control.bound("claim_chunk", **key, **bounds, run_id=run_id)) as last:
            yield lambda rows, size: last.append(control.bound("finish_chunk", **key, rows=rows, bytes=size))
    except StatementError as error:
        if error.errno != _DUPLICATE_KEY:
            raise
        raise RetryableError("another process has just loaded this chunk", subject=str(chunk)) from error


def _encode(bound: Bound) -> str | None:
    return None if bound is None else json.dumps(bound)
