"""The section of docs/benchmarks.md about larger tables, from further results of `bench.load`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from bench.load_figures import (
    ENGINE,
    Case,
    case_of,
    cell,
    cpu,
    line_of,
    markdown,
    peaks,
    processes,
    ratios,
    spread,
    words_of_dag,
)
from bench.load_goals import goals

_HEADS: Final = (
    "Who",
    "Time, s",
    "Its time over the engine's",
    "MB a second",
    "In the smallest size",
    "Clients, CPU s a GB",
    "Largest client process, MiB",
    "What arrived",
)
BEFORE: Final = 15  # min_file_process_interval where a result does not tell


def section(results: list[dict[str, Any]], smallest: dict[str, Any] | None = None) -> str:
    """The section as Markdown, a part for each result; empty without results.

    ``smallest`` is the result whose speeds stand beside.
    """
    parts = [part for found in results for part in _size(found, case_of(smallest, "wide") if smallest else None)]
    return "\n\n".join(["## Copying, larger", _HEAD, *parts]) if parts else ""


_HEAD: Final = """The wide table in other sizes, by those who were asked to take part. Median and, in brackets, the
lowest and highest; *clients* are all processes but the servers, of a DAG run all of Airflow's. Airflow's share is
the part of a DAG run's time in which no task was in our code. *In the smallest size* is the speed, in MB a
second, that the same contestant has in the section above."""


def _size(found: dict[str, Any], smallest: Case | None) -> Iterator[str]:
    case = case_of(found, "wide")
    if case is None:
        return
    load = found["load_average"]
    yield f"### The wide table, {case['bytes'] / 1e9:.1f} GB"
    yield (
        f"{case['rows']:,} rows; {found['machine']}; MySQL {found['mysql']}, `innodb_buffer_pool_size` "
        f"{found['buffer_pool']}, `innodb_redo_log_capacity` {found['redo_log']}; Airflow's "
        f"`scheduler_idle_sleep_time` {found['idle_sleep']:g} s and `min_file_process_interval` "
        f"{found.get('parse_interval', BEFORE)} s; rounds: {found['rounds']}, "
        f"{found['minutes']} minutes; load average at the beginning {load['begin']}, at the end {load['end']}."
    )
    yield markdown(_HEADS, list(_rows(case, smallest)))
    yield from filter(None, (words_of_dag(case), processes(case), goals(found), words_of_writing(found)))


def words_of_writing(found: dict[str, Any]) -> str:
    """How much of the pages was on disk when the engine ended; empty where it was not looked at."""
    lines = [(case, line_of(case, ENGINE)) for case in (case_of(found, "growth"), case_of(found, "wide"))]
    parts = []
    for case, line in lines:
        seen = [run["said"]["written_mb"] for run in line["runs"] if "written_mb" in run["said"]] if line else []
        if case and seen:
            parts.append(f"{spread(seen, 0)} of the {case['bytes'] / 1e6:,.0f} MB")
    if len(parts) < 2:
        return ""
    return (
        f"When the engine ended, the target had written this many MB of its tables' pages: {' and '.join(parts)}. "
        "The server writes what remains afterwards, in nobody's time; a larger table leaves it less of that."
    )


def _rows(case: Case, smallest: Case | None) -> Iterator[tuple[str, ...]]:
    base, gigabytes = line_of(case, ENGINE), case["bytes"] / 1e9
    for line in case["contestants"]:
        if not line["runs"]:
            yield cell(line["name"]), f"took no part: {cell(line['failed'])}", *[""] * (len(_HEADS) - 2)
            continue
        yield (
            cell(line["name"]),
            spread([run["seconds"] for run in line["runs"]]),
            spread(ratios(line, base)) if base and base is not line else "–",
            _speed(case, line["name"]),
            _speed(smallest, line["name"]),
            spread([one / gigabytes for one in cpu(line)]),
            f"{max(peaks(line)):.0f}",
            next((run["wrong"] for run in line["runs"] if run["wrong"]), "all, equal"),
        )


def _speed(case: Case | None, name: str) -> str:
    line = line_of(case, name)
    return spread([case["bytes"] / 1e6 / run["seconds"] for run in line["runs"]], 1) if case and line else "–"
