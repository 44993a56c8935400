"""The project's own measure, and what a result of `bench.load` says about it: pure, from the result alone."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any, Final

from bench.load_figures import (
    ENGINE,
    PROOF,
    Case,
    case_of,
    cpu,
    dag_runs,
    line_of,
    markdown,
    peaks,
    ratios,
    shares,
    spread,
)

# Against whom, in which case, how many times the engine's speed.
FASTER: Final = (
    ("pandas", "wide", 6.0),
    ("GenericTransfer", "wide", 6.0),
    ("mysqldump | mysql", "wide", 2.5),
    ("mydumper + myloader", "wide", 1.6),
    ("INSERT … SELECT", "wide", 1.0),
)
LOAD_TASK: Final = "task load"
SHARE_BYTES: Final = 3_500_000_000  # Airflow's share has a goal in runs of about 4 GB
_HEADS: Final = ("Against", "Case", "The project's goal", "Measured")
Row = tuple[str, str, str, str]


def goals(found: dict[str, Any]) -> str:
    """A table of all goals that the result says something about; empty if there is none."""
    rows = [*_faster(found), *_proof(found), *_engine(found), *_growth(found), *_dag(found)]
    return markdown(_HEADS, rows) if rows else ""


def case_words(case: Case) -> str:
    """Which case, with its size."""
    return f"`{case['name']}`, {case['bytes'] / 1e6:,.0f} MB"


def _faster(found: dict[str, Any]) -> Iterator[Row]:
    for name, where, goal in FASTER:
        case = case_of(found, where)
        line, base = line_of(case, name), line_of(case, ENGINE)
        if case and line and base:
            shown = name.replace("|", "\\|")
            yield shown, case_words(case), f"{goal:.1f} × faster", judged(ratios(line, base), goal)


def _proof(found: dict[str, Any]) -> Iterator[Row]:
    case = found.get("verify")
    line, base = line_of(case, "pt-table-checksum"), line_of(case, PROOF)
    if case and line and base:
        shown = case_words({**case, "name": "verify"})
        yield "pt-table-checksum", shown, "2.0 × faster", judged(ratios(line, base), 2.0)


def _engine(found: dict[str, Any]) -> Iterator[Row]:
    case = case_of(found, "wide")
    line = line_of(case, ENGINE)
    if case and line:
        where = case_words(case)
        each = [one / (case["bytes"] / 1e9) for one in cpu(line)]
        yield "the engine's CPU a GB, its start included", where, "under 6 s", judged(each, 6.0, below=True)
        yield "the engine's largest process", where, "under 200 MiB", judged(peaks(line), 200.0, below=True)


def _growth(found: dict[str, Any]) -> Iterator[Row]:
    """From a tenth of the rows to all of them; both numbers of rows are rounded, hence the correction."""
    large, small = case_of(found, "wide"), case_of(found, "growth")
    line, tenth = line_of(large, ENGINE), line_of(small, ENGINE)
    if not (large and small and line and tenth):
        return
    where = f"{case_words(large)}, and `growth`, {small['bytes'] / 1e6:,.0f} MB"
    more = (large["bytes"] - small["bytes"]) / 1e9
    each = [(big - little) / more for big, little in zip(cpu(line), cpu(tenth), strict=False)]
    yield "the engine's CPU for each GB more", where, "under 6 s", judged(each, 6.0, below=True)
    times = large["rows"] / small["rows"] / 10
    grown = [one / times for one in ratios(line, tenth)]
    yield "time for ten times the rows", where, "at most 10.5 ×", judged(grown, 10.5, below=True)


def _dag(found: dict[str, Any]) -> Iterator[Row]:
    case = case_of(found, "wide")
    if not case:
        return
    tasks = [
        max(one["peak_mib"] for one in run["processes"] if one["name"] == LOAD_TASK)
        for run in dag_runs(case)
        if any(one["name"] == LOAD_TASK for one in run["processes"])
    ]
    if tasks:
        name = "a load task's process, Airflow's own code included"
        yield name, case_words(case), "under 200 MiB", judged(tasks, 200.0, below=True)
    if case["bytes"] >= SHARE_BYTES and shares(case):
        percent = [100 * one for one in shares(case)]
        goal = "under 10 % of a run of 4 GB"
        yield "Airflow's share of the whole DAG run, %", case_words(case), goal, judged(percent, 10.0, below=True)


def judged(values: list[float], goal: float, *, below: bool = False) -> str:
    """The values, and whether their median reaches the goal."""
    median = statistics.median(values)
    reached = median <= goal if below else median >= goal
    return f"{spread(values)}{'' if reached else ', **not reached**'}"
