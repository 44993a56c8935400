"""The tables of a report: what was planned, loaded and found equal, one plain dictionary a table, and their sums.

Plain Python, not pandas: the server has summed up chunks and key ranges already, so what is left is one pass over
the tables (5,000 in a tenth of a second), where importing pandas alone takes seconds in each task and API server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from aurora_migration.model.names import TableName
from aurora_migration.model.report import Verdict
from aurora_migration.store.reports import Evidence, PlannedKey
from aurora_migration.store.verdicts import WORST_FIRST

Row = Mapping[str, Any]


def shown_tables(evidence: Evidence, not_compared: Collection[str] | None) -> list[dict[str, Any]]:
    """Every table of the run; ``not_compared``: those that the judge, if it has spoken, has no verdict on."""
    loads = {_name(row): row for row in evidence.tables}
    verdicts = {_name(row): row for row in evidence.verdicts}
    rows = _differences_by_table(evidence.differences)
    planned = evidence.plan if evidence.plan is not None else _planned(evidence)
    return [
        _table(one, loads.get(one.table, {}), verdicts.get(one.table), rows.get(str(one.table), []), not_compared)
        | {"key": list(one.key) if evidence.plan is not None else None}
        for one in planned
    ]


def _planned(evidence: Evidence) -> list[PlannedKey]:
    """Without a plan: what was compared, or of a load by an older version what the last plan has in load units."""
    compared = {_name(row) for row in evidence.verdicts}
    loads = evidence.run is not None and evidence.run["kind"] == "migrate"
    return [
        PlannedKey(
            _name(row),
            TableName(row["target_schema"], row["target_table"]),
            (),
            int(row["row_estimate"]),
            int(row["byte_estimate"]),
        )
        for row in evidence.tables
        if (_name(row) in compared if compared or not loads else row["in_units"])
    ]


def _table(
    planned: PlannedKey,
    load: Row,
    verdict: Row | None,
    differences: Sequence[dict[str, str]],
    not_compared: Collection[str] | None,
) -> dict[str, Any]:
    name = str(planned.table)
    chunks, seconds = int(load.get("chunks", 0)), float(load.get("seconds") or 0)
    rows = int(load.get("row_count", 0))
    return {
        "source": name,
        "target": str(planned.target),
        "row_estimate": planned.row_estimate,
        "byte_estimate": planned.byte_estimate,
        "rows_loaded": rows,
        "rows_loaded_by_this_run": int(load.get("run_rows", 0)),
        "bytes_loaded": int(load.get("byte_count", 0)),
        "chunks_loaded": chunks,
        "load_seconds": round(seconds, 3) if chunks > 1 else None,
        "rows_per_second": _rate(rows, chunks, seconds),
        **_verdict(name, load, verdict, not_compared),
        "differences": list(differences),
    }


def _rate(rows: int, chunks: int, seconds: float) -> float | None:
    """Known from the second chunk on: a chunk's record tells when it was committed and not when it was begun."""
    return round(rows * (chunks - 1) / chunks / seconds, 1) if chunks > 1 and seconds > 0 else None


def _verdict(name: str, load: Row, verdict: Row | None, not_compared: Collection[str] | None) -> dict[str, Any]:
    if not_compared is not None:
        missing = verdict is None or name in not_compared
    else:
        missing = verdict is None or int(verdict["ranges"]) < int(load.get("ranges", 0))
    found = verdict or {}
    worst = Verdict.MISSING
    if verdict is not None and not missing:
        worst = min((Verdict(word) for word in verdict["verdicts"].split("\n")), key=WORST_FIRST.index)
    return {
        "verdict": str(worst),
        "level": found.get("level"),
        "source_rows": int(found["source_rows"]) if found else None,
        "target_rows": int(found["target_rows"]) if found else None,
        "chunks_compared": int(found["chunks"]) if found else 0,
        "chunks_differing": int(found["chunks_differing"]) if found else 0,
        "verify_seconds": round(float(found["seconds"]), 3) if found else None,
    }


def _differences_by_table(rows: Iterable[Row]) -> dict[str, list[dict[str, str]]]:
    """Differences of rows, by source table; their scope is ``schema.table#range``."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row["area"] == "rows":
            name = row["scope"].rpartition("#")[0]
            found.setdefault(name, []).append({"subject": row["subject"], "detail": row["detail"]})
    return found


def table_totals(tables: Sequence[Row], load: Row | None) -> dict[str, Any]:
    """Sums over the tables; ``load`` is the time from this run's first chunk to its last."""
    by_verdict = {str(verdict): 0 for verdict in Verdict}
    for table in tables:
        by_verdict[table["verdict"]] += 1
    seconds = _span(load)
    written = sum(table["rows_loaded_by_this_run"] for table in tables)
    return {
        "tables": len(tables),
        "tables_equal": by_verdict[Verdict.EQUAL],
        "tables_degraded": by_verdict[Verdict.DEGRADED],
        "tables_different": by_verdict[Verdict.DIFFERS],
        "tables_not_compared": by_verdict[Verdict.MISSING],
        "rows_compared": sum(table["source_rows"] or 0 for table in tables),
        "rows_loaded": sum(table["rows_loaded"] for table in tables),
        "rows_loaded_by_this_run": written,
        "bytes_loaded": sum(table["bytes_loaded"] for table in tables),
        "load_seconds": round(seconds, 3) if seconds else None,
        "rows_per_second": round(written / seconds, 1) if seconds else None,
    }


def _span(load: Row | None) -> float:
    if not load or not int(load["done"]) or load["first_at"] is None:
        return 0.0
    return float((load["last_at"] - load["first_at"]).total_seconds())


def _name(row: Row) -> TableName:
    return TableName(row["source_schema"], row["source_table"])
