"""What verification found: verdicts per key range, differences per scope."""

from __future__ import annotations

from collections.abc import Iterable

from aurora_migration.model.names import TableName
from aurora_migration.model.report import Difference, DifferenceKind, TableVerdict, Verdict
from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control

WORST_FIRST = (Verdict.DIFFERS, Verdict.MISSING, Verdict.DEGRADED, Verdict.EQUAL)


def save_verdict(
    session: Session, control: Control, run_id: str, table: TableName, range_number: int, found: TableVerdict
) -> None:
    """Keep the verdict on one key range of a source table, and its row differences, in place of earlier ones."""
    values = {"run_id": run_id, "schema": table.schema, "table": table.name, "range": range_number}
    with session.transaction():
        control.execute(
            session,
            "save_verdict",
            **values,
            level=found.level,
            verdict=str(found.verdict),
            source_rows=found.source_rows,
            target_rows=found.target_rows,
            chunks=found.chunks,
            chunks_differing=found.chunks_differing,
            seconds=found.seconds,
        )
        _replace(session, control, run_id, "rows", f"{table}#{range_number}", found.differences)


def save_differences(
    session: Session, control: Control, run_id: str, area: str, found: Iterable[Difference]
) -> None:
    """Keep the differences of an area ("objects", "accounts") in place of those of an earlier try."""
    with session.transaction():
        _replace(session, control, run_id, area, "", found)


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
    session: Session, control: Control, run_id: str, area: str, scope: str, found: Iterable[Difference]
) -> None:
    # Deleting nothing would lock the gap into which other tasks are about to insert.
    if any(where == (area, scope) for where, _ in differences(session, control, run_id)):
        control.execute(session, "delete_differences", run_id=run_id, area=area, scope=scope)
    for number, difference in enumerate(found, 1):
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
