"""The tables of a migration as compact JSON: names of columns once, then one list a table.

Thousands of tables go to a browser every two seconds, so the text is made once, has a digest, and is not sent to
whoever holds the same digest already.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aurora_migration.model.progress import Progress
from aurora_migration.model.report import Verdict
from aurora_migration.mysql.session import Session
from aurora_migration.store import overview, overview_tables
from aurora_migration.store.control import Control
from aurora_migration.store.overview_tables import ComparedTable, FollowedTable, LoadedTable, Name
from aurora_migration.store.verdicts import WORST_FIRST

COLUMNS: Final = (
    "source",
    "target",
    "state",
    "planned",
    "rows",
    "row_estimate",
    "bytes",
    "rows_per_second",
    "eta_seconds",
    "verdict",
    "level",
    "source_rows",
    "target_rows",
    "chunks",
    "chunks_differing",
    "mode",
    "row_changes",
)


@dataclass(frozen=True, slots=True)
class TableList:
    """JSON text of all tables, and what identifies it."""

    digest: str
    body: bytes


def load_tables(session: Session, control: Control, run_id: str | None) -> TableList:
    """All tables with their load, and the verdicts of one run."""
    found = {} if run_id is None else overview_tables.verdicts(session, control, run_id)
    followed = overview_tables.followed(session, control)
    return listed(overview_tables.tables(session, control), found, followed)


def load_tables_by_dms(session: Session, control: Control, run_id: str | None) -> TableList:
    """The same where AWS DMS loads and leaves no chunks: a table counts as loaded once its rows are compared."""
    found = {} if run_id is None else overview_tables.verdicts(session, control, run_id)
    rows = [
        row._replace(row_count=verdict.target_rows, ranges=1, finished_ranges=1)
        if (verdict := found.get((row.schema, row.table)))
        else row
        for row in overview_tables.tables(session, control)
    ]
    return listed(rows, found, overview_tables.followed(session, control))


def listed(
    tables: Iterable[LoadedTable], verdicts: Mapping[Name, ComparedTable], followed: Mapping[Name, FollowedTable]
) -> TableList:
    """Tables as JSON, in the order they come."""
    rows = [_row(row, verdicts.get(name := (row.schema, row.table)), followed.get(name)) for row in tables]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(text).hexdigest()[:24]
    head = json.dumps({"digest": digest, "columns": COLUMNS}).encode()
    return TableList(digest, head[:-1] + b',"rows":' + text + b"}")


def _row(table: LoadedTable, verdict: ComparedTable | None, followed: FollowedTable | None) -> list[Any]:
    source = f"{table.schema}.{table.table}"
    target = f"{table.target_schema}.{table.target_table}"
    rate, eta = _pace(source, table) if table.chunks > 1 else (None, None)
    return [
        source,
        target if target != source else None,
        "loaded" if table.complete else "loading" if table.chunks else "waiting",
        table.in_units > 0,
        table.row_count,
        table.row_count if table.complete else table.row_estimate,
        table.byte_count,
        rate,
        eta,
        *((_worst(verdict), *verdict[3:6]) if verdict else (None, None, None, None)),
        table.chunks,
        verdict.chunks_differing if verdict else None,
        followed.mode if followed else None,
        followed.row_changes if followed else None,
    ]


def _pace(source: str, table: LoadedTable) -> tuple[float | None, float | None]:
    """Rows a second, and seconds to go."""
    progress = load_progress(source, table)
    eta = None if progress.exact or progress.eta_seconds is None else round(progress.eta_seconds, 1)
    return round(progress.rows_per_second, 1) or None, eta


def load_progress(source: str, table: LoadedTable) -> Progress:
    """How far a table's load is; while it goes on the rate is that of the last seconds, afterwards the mean.

    The record of a chunk tells when it was committed and not when it began, so the first chunk's share of the rows
    is left out: a table of one chunk has no rate.
    """
    chunks, seconds, rows = table.chunks, table.microseconds / 1e6, table.row_count
    rate = 0.0
    if chunks > 1 and seconds > 0:
        counted, over = (
            (rows, seconds) if table.complete else (table.recent_rows, min(seconds, overview.RECENT_SECONDS))
        )
        rate = counted * (chunks - 1) / chunks / over
    return Progress(
        "load",
        source,
        rows=rows,
        bytes=table.byte_count,
        row_estimate=rows if table.complete else table.row_estimate,
        exact=table.complete,
        rows_per_second=rate,
        seconds=seconds,
    )


def _worst(found: ComparedTable) -> str:
    if "\n" not in found.verdicts:
        return found.verdicts
    return str(min((Verdict(word) for word in found.verdicts.split("\n")), key=WORST_FIRST.index))
