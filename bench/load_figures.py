"""Figures out of a result of `bench.load`: medians with their range, ratios round by round, sums over processes.

A ratio is made round by round, the other's time over the engine's in the same round, so that a machine that gets
slower in between does not favour anybody; shown is the median, and in brackets the lowest and highest.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from typing import Any, Final

SERVERS: Final = ("source server", "target server")
ENGINE: Final = "engine"
PROOF: Final = "verification"
Line = dict[str, Any]
Case = dict[str, Any]


def spread(values: list[float], digits: int = 2) -> str:
    """Median (lowest–highest)."""
    if not values:
        return "–"
    middle, low, high = (f"{one:.{digits}f}" for one in (statistics.median(values), min(values), max(values)))
    return f"{middle} ({low}–{high})"


def ratios(line: Line, base: Line) -> list[float]:
    """Its time over the base's, round by round."""
    pairs = zip(line["runs"], base["runs"], strict=False)
    return [one["seconds"] / other["seconds"] for one, other in pairs]


def clients(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The processes of a run that are no server."""
    return [one for one in run["processes"] if one["name"] not in SERVERS]


def cpu(line: Line) -> list[float]:
    """Processor seconds of all but the servers, a value for each round."""
    return [sum(one["cpu"] for one in clients(run)) for run in line["runs"]]


def peaks(line: Line) -> list[float]:
    """MiB of the largest process that is no server, a value for each round."""
    return [max((one["peak_mib"] for one in clients(run)), default=0.0) for run in line["runs"]]


def line_of(case: Case | None, name: str) -> Line | None:
    """A contestant that has run in the case; None if there is none."""
    lines = case["contestants"] if case else ()
    return next((line for line in lines if line["name"] == name and line["runs"]), None)


def case_of(found: dict[str, Any], name: str) -> Case | None:
    """The case of that name; None if it was not asked for."""
    return next((case for case in found["cases"] if case["name"] == name), None)


def shares(case: Case) -> list[float]:
    """Airflow's part of each whole DAG run, see `bench.dag_times`."""
    return [(run["said"]["around"] + run["said"]["between"]) / run["seconds"] for run in dag_runs(case)]


def dag_runs(case: Case) -> list[dict[str, Any]]:
    """The runs that were DAG runs."""
    return [run for line in case["contestants"] for run in line["runs"] if "spans" in run["said"]]


def words_of_dag(case: Case) -> str:
    """Where the time of a whole DAG run went, in one paragraph; empty if there was none."""
    runs = dag_runs(case)
    if not runs:
        return ""
    names = ("preflight", "schema_wave_1", "load", "schema_wave_2", "verify_rows", "verify_objects", "report")
    spans = ", ".join(
        f"`{name}` {spread([run['said']['spans'].get(name, 0.0) for run in runs])}" for name in names
    )
    engine, around, between = (
        spread([run["said"][part] for run in runs]) for part in ("engine", "around", "between")
    )
    share = spread([100 * one for one in shares(case)])
    silent, again = (sum(run["said"][part] for run in runs) for part in ("silent", "repeated"))
    missing = f" {silent} tasks' logs do not say when they were in our code: all is Airflow's." if silent else ""
    missing += f" {again} tries failed and were repeated, the waiting before is between tasks." if again else ""
    return (
        f"Of the whole DAG run, seconds in our code: {engine}; around it in tasks: {around}; "
        f"between tasks: {between}. Airflow's share: **{share} %**.{missing} "
        f"First start to last end of tasks, seconds: {spans}."
    )


def processes(case: Case) -> str:
    """Every process of every contestant: processor seconds, and the largest memory of all rounds; as a table."""
    rows = []
    for line in case["contestants"]:
        found: dict[str, list[dict[str, Any]]] = {}
        for one in (one for run in line["runs"] for one in clients(run)):
            found.setdefault(one["name"], []).append(one)
        for name, seen in found.items():
            used, peak = spread([one["cpu"] for one in seen]), max(one["peak_mib"] for one in seen)
            rows.append((cell(line["name"]), cell(name), used, f"{peak:.0f}" if peak else "–"))
    return markdown(("Who", "Process", "CPU, s", "Peak, MiB"), rows)


def cell(text: str) -> str:
    """Fit for a table's cell; folders of this machine are of no interest."""
    return re.sub(r"/(?:work|tmp|root|home)/\S*", "…", " ".join(text.split())).replace("|", "\\|")[:300]


def markdown(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table; its cells are as they should stand there."""
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
