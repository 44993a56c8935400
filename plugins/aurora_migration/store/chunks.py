"""The records of chunks on the target: each is claimed before its rows, and its counts are committed with them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aurora_migration.errors import RetryableError, StatementError
from aurora_migration.model.chunk import Bound, Chunk, KeyRange
from aurora_migration.model.names import TableName
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
    bounds = {"lower": encoded(chunk.lower), "upper": encoded(chunk.upper)}
    try:
        with session.transaction(control.bound("claim_chunk", **key, **bounds, run_id=run_id)) as last:
            yield lambda rows, size: last.append(control.bound("finish_chunk", **key, rows=rows, bytes=size))
    except StatementError as error:
        if error.errno != _DUPLICATE_KEY:
            raise
        raise RetryableError("another process has just loaded this chunk", subject=str(chunk)) from error


def chunks(session: Session, control: Control, part: KeyRange) -> tuple[Chunk, ...]:
    """The recorded chunks of a key range, in order."""
    asked = {"schema": part.table.schema, "table": part.table.name, "range": part.number}
    return tuple(_chunk(part.table, part.number, row) for row in control.query(session, "chunks", **asked))


def unit_chunks(session: Session, control: Control, unit: int) -> dict[tuple[TableName, int], list[Chunk]]:
    """The recorded chunks of each key range (table and number) of a load unit, in order; none, no entry.

    One question, where a unit has hundreds of small tables.
    """
    found: dict[tuple[TableName, int], list[Chunk]] = {}
    for row in control.query(session, "unit_chunks", unit=unit):
        part = TableName(row["source_schema"], row["source_table"]), int(row["range_number"])
        found.setdefault(part, []).append(_chunk(*part, row))
    return found


def encoded(bound: Bound) -> str | None:
    """A bound as it is kept."""
    return None if bound is None else json.dumps(bound)


def decoded(text: str | None) -> Bound:
    """A bound that was kept."""
    return None if text is None else tuple(json.loads(text))


def _chunk(table: TableName, part: int, row: Mapping[str, Any]) -> Chunk:
    bounds = decoded(row["lower_bound"]), decoded(row["upper_bound"])
    return Chunk(table, part, row["number"], *bounds, row["row_count"], row["byte_count"])
