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
from aurora_migration.store import overview
from aurora_migration.store.control import Control
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
    found = {} if run_id is None else {_name(row): row for row in overview.verdicts(session, control, run_id)}
    followed = {_name(row): row for row in overview.followed(session, control)}
    return listed(overview.tables(session, control), found, followed)


def load_tables_by_dms(session: Session, control: Control, run_id: str | None) -> TableList:
    """The same where AWS DMS loads and leaves no chunks: a table counts as loaded once its rows are compared."""
    found = {} if run_id is None else {_name(row): row for row in overview.verdicts(session, control, run_id)}
    rows = overview.tables(session, control)
    for row in rows:
        if verdict := found.get(_name(row)):
            row |= {"row_count": verdict["target_rows"], "ranges": 1, "finished_ranges": 1}
    return listed(rows, found, {_name(row): row for row in overview.followed(session, control)})


def listed(
    tables: Iterable[Mapping[str, Any]],
    verdicts: Mapping[tuple[str, str], Mapping[str, Any]],
    followed: Mapping[tuple[str, str], Mapping[str, Any]],
) -> TableList:
    """Tables as JSON, in the order they come."""
    rows = [_row(table, verdicts.get(_name(table)), followed.get(_name(table))) for table in tables]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(text).hexdigest()[:24]
    head = json.dumps({"digest": digest, "columns": COLUMNS}).encode()
    return TableList(digest, head[:-1] + b',"rows":' + text + b"}")


def _name(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["source_schema"], row["source_table"]


def _row(
    table: Mapping[str, Any], verdict: Mapping[str, Any] | None, followed: Mapping[str, Any] | None
) -> list[Any]:
    source = f"{table['source_schema']}.{table['source_table']}"
    target = f"{table['target_schema']}.{table['target_table']}"
    progress = load_progress(source, table)
    return [
        source,
        target if target != source else None,
        _load_state(table),
        bool(table["in_units"]),
        progress.rows,
        progress.row_estimate,
        progress.bytes,
        round(progress.rows_per_second, 1) or None,
        None if progress.exact or progress.eta_seconds is None else round(progress.eta_seconds, 1),
        *(_verdict(verdict) if verdict else (None, None, None, None)),
        int(table["chunks"]),
        int(verdict["chunks_differing"]) if verdict else None,
        followed["mode"] if followed else None,
        int(followed["row_changes"]) if followed else None,
    ]


def load_progress(source: str, table: Mapping[str, Any]) -> Progress:
    """How far a table's load is; while it goes on the rate is that of the last seconds, afterwards the mean.

    The record of a chunk tells when it was committed and not when it began, so the first chunk's share of the rows
    is left out: a table of one chunk has no rate.
    """
    chunks, seconds = int(table["chunks"]), float(table["seconds"] or 0)
    complete = _load_state(table) == "loaded"
    rate = 0.0
    if chunks > 1 and seconds > 0:
        recent = int(table["recent_rows"])
        rows, over = (
            (int(table["row_count"]), seconds) if complete else (recent, min(seconds, overview.RECENT_SECONDS))
        )
        rate = rows * (chunks - 1) / chunks / over
    return Progress(
        "load",
        source,
        rows=int(table["row_count"]),
        bytes=int(table["byte_count"]),
        row_estimate=int(table["row_count"] if complete else table["row_estimate"]),
        exact=complete,
        rows_per_second=rate,
        seconds=seconds,
    )


def _load_state(table: Mapping[str, Any]) -> str:
    if int(table["ranges"]) and int(table["finished_ranges"]) == int(table["ranges"]):
        return "loaded"
    return "loading" if int(table["chunks"]) else "waiting"


def _verdict(row: Mapping[str, Any]) -> tuple[str, str, int, int]:
    worst = min((Verdict(word) for word in row["verdicts"].split("\n")), key=WORST_FIRST.index)
    return str(worst), row["level"], int(row["source_rows"]), int(row["target_rows"])
