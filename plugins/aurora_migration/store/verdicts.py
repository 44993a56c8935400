"""What verification found: verdicts per key range, differences per scope."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aurora_migration.model.names import TableName
from aurora_migration.model.report import Difference, DifferenceKind, TableVerdict, Verdict
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control

WORST_FIRST = (Verdict.DIFFERS, Verdict.MISSING, Verdict.DEGRADED, Verdict.EQUAL)


@dataclass(frozen=True, slots=True)
class RangeVerdict:
    """The verdict on one key range of a source table."""

    table: TableName
    range_number: int
    found: TableVerdict

    @property
    def scope(self) -> str:
        return f"{self.table}#{self.range_number}"

    @property
    def row(self) -> dict[str, Any]:
        """As JSON; the names are those of the statement."""
        return {
            "schema": self.table.schema,
            "table": self.table.name,
            "range": self.range_number,
            "level": self.found.level,
            "verdict": str(self.found.verdict),
            "source_rows": self.found.source_rows,
            "target_rows": self.found.target_rows,
            "chunks": self.found.chunks,
            "chunks_differing": self.found.chunks_differing,
            "seconds": self.found.seconds,
        }


def save_verdict(
    session: Session, control: Control, run_id: str, table: TableName, range_number: int, found: TableVerdict
) -> None:
    """Keep the verdict on one key range of a source table, and its row differences, in place of earlier ones."""
    save_verdicts(session, control, run_id, [RangeVerdict(table, range_number, found)])


def save_verdicts(session: Session, control: Control, run_id: str, found: Sequence[RangeVerdict]) -> None:
    """Keep verdicts on key ranges, and their row differences, in place of earlier ones: all of them or none."""
    if not found:
        return
    rows = json.dumps([one.row for one in found], ensure_ascii=False)
    with session.transaction():
        control.execute(session, "save_verdicts", run_id=run_id, rows=rows)
        _replace(session, control, run_id, "rows", {one.scope: one.found.differences for one in found})


def save_differences(
    session: Session, control: Control, run_id: str, area: str, found: Iterable[Difference]
) -> None:
    """Keep the differences of an area ("objects", "accounts") in place of those of an earlier try."""
    with session.transaction():
        _replace(session, control, run_id, area, {"": found})


def verdicts(session: Session, control: Control, run_id: str) -> dict[TableName, TableVerdict]:
    """One verdict per source table of a run: its key ranges taken together, with the differing rows."""
    rows = control.query(session, "verdicts", run_id=run_id)
    found = differences(session, control, run_id)
    tables: dict[TableName, TableVerdict] = {}
    for row in rows:
        name = TableName(row["source_schema"], row["source_table"])
        scope = f"{name}#{row['range_number']}"
        part = TableVerdict(
            source=str(name),
            target=str(name),
            level=row["level"],
            verdict=Verdict(row["verdict"]),
            source_rows=row["source_rows"],
            target_rows=row["target_rows"],
            chunks=row["chunks"],
            chunks_differing=row["chunks_differing"],
            seconds=row["seconds"],
            differences=tuple(difference for where, difference in found if where == ("rows", scope)),
        )
        tables[name] = merged(tables[name], part) if name in tables else part
    return tables


def verified_ranges(session: Session, control: Control, run_id: str) -> dict[TableName, int]:
    """How many key ranges of each source table have a verdict in a run."""
    counts: dict[TableName, int] = {}
    for row in control.query(session, "verdicts", run_id=run_id):
        name = TableName(row["source_schema"], row["source_table"])
        counts[name] = counts.get(name, 0) + 1
    return counts


def differences(session: Session, control: Control, run_id: str) -> list[tuple[tuple[str, str], Difference]]:
    """All differences of a run, each with its (area, scope)."""
    return [
        (
            (row["area"], row["scope"]),
            Difference(DifferenceKind(row["kind"]), row["area"], row["subject"], row["detail"], row["rule"]),
        )
        for row in control.query(session, "differences", run_id=run_id)
    ]


def merged(one: TableVerdict, two: TableVerdict) -> TableVerdict:
    """One verdict of two key ranges of a table: the worse one, with the sums of both."""
    return TableVerdict(
        source=one.source,
        target=one.target,
        level=one.level,
        verdict=min(one.verdict, two.verdict, key=WORST_FIRST.index),
        source_rows=one.source_rows + two.source_rows,
        target_rows=one.target_rows + two.target_rows,
        chunks=one.chunks + two.chunks,
        chunks_differing=one.chunks_differing + two.chunks_differing,
        seconds=one.seconds + two.seconds,
        differences=(*one.differences, *two.differences),
    )


def _replace(
    session: Session, control: Control, run_id: str, area: str, found: Mapping[str, Iterable[Difference]]
) -> None:
    # Deleting nothing would lock the gap into which other tasks are about to insert.
    there = {row["scope"] for row in control.query(session, "difference_scopes", run_id=run_id, area=area)}
    for scope, differences in found.items():
        if scope in there:
            control.execute(session, "delete_differences", run_id=run_id, area=area, scope=scope)
        for number, difference in enumerate(differences, 1):
            control.execute(
                session,
                "insert_difference",
                run_id=run_id,
                area=area,
                scope=scope,
                number=number,
                kind=str(difference.kind),
                subject=difference.subject,
                detail=difference.detail,
                rule=difference.rule,
            )
