"""The section of docs/benchmarks.md about copying, and its picture, made from bench/results/load.json alone."""

from __future__ import annotations

import re
import statistics
import textwrap
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any, Final

from bench.load_figures import (
    ENGINE,
    PROOF,
    SERVERS,
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

PICTURE: Final = Path(__file__).parents[1] / "docs" / "benchmarks-load.svg"
_HEADS: Final = (
    "Who",
    "Time, s",
    "Its time over the engine's",
    "Clients, CPU s",
    "Source, CPU s",
    "Target, CPU s",
    "Largest client process, MiB",
    "Source / target, MiB",
    "What arrived",
)


def section(found: dict[str, Any]) -> str:
    """The section as Markdown."""
    load, versions = found["load_average"], "; ".join(filter(None, found["versions"].values()))
    parts = [
        f"""## Copying, side by side

{found["machine"]}; MySQL {found["mysql"]} on both sides, `innodb_buffer_pool_size` {found["buffer_pool"]},
`innodb_redo_log_capacity` {found["redo_log"]}, `innodb_flush_log_at_trx_commit` 2, `sync_binlog` 0, binlog on;
Python {found["python"]}; {versions}.
{found["rounds"]} rounds that take turns, half as many for what no goal is about; before each contestant the
target is laid anew from one image. Load average of the machine at the beginning {load["begin"]},
at the end {load["end"]}{_noisy(load)}; the run took {found["minutes"]} minutes.
"""
    ]
    parts += [_case(case) for case in found["cases"]]
    if "verify" in found:
        parts.append(_verify(found["verify"]))
    if "link" in found:
        parts.append(_link(found["link"]))
    judged = goals(found)
    parts += [f"### Goals\n\n{judged}\n"] if judged else []
    parts.append(_about(found))
    return wrapped("\n".join(parts))


def wrapped(text: str) -> str:
    """All paragraphs in lines that fit, one empty line after each."""
    return "\n".join(map(_wrapped, text.split("\n\n"))).replace("\n\n\n", "\n\n")


def _wrapped(paragraph: str) -> str:
    """A paragraph of prose or a list in lines that fit; tables and headings as they are. An empty line follows."""
    if paragraph.lstrip().startswith(("|", "#")):
        return f"{paragraph}\n"
    items = re.split(r"\n(?=- )", paragraph.strip())
    return (
        "\n".join(textwrap.fill(" ".join(one.split()), 118, subsequent_indent=_indent(one)) for one in items)
        + "\n"
    )


def _indent(item: str) -> str:
    return "  " if item.startswith("- ") else ""


def _noisy(load: dict[str, float]) -> str:
    if max(load.values()) <= 3:
        return ""
    return " (others were at work: times are long and scattered, and CPU seconds are the ones to read)"


_TITLES: Final = {
    "wide": "The wide table",
    "growth": "The wide table, a tenth of it",
    "narrow": "The narrow table",
    "skewed": "The table of skewed keys",
    "tiny": "Tiny tables",
}


def _case(case: dict[str, Any]) -> str:
    tables = f"{case['tables']:,} tables, " if case["tables"] > 1 else ""
    dag = words_of_dag(case)
    told = f"\n{dag}\n" if dag else ""
    head = f"### {_TITLES[case['name']]}\n\n{case['about'][0].upper()}{case['about'][1:]}: {tables}"
    each = f"\nProcess by process:\n\n{processes(case)}\n" if case["name"] == "wide" else ""
    return f"{head}{case['rows']:,} rows, {case['bytes'] / 1e6:,.0f} MB.\n\n{table(case)}\n{told}{each}"


def table(case: dict[str, Any]) -> str:
    """A case's figures as a Markdown table; the engine, or its verification, is what others are compared with."""
    lines = case["contestants"]
    base = line_of(case, ENGINE) or line_of(case, PROOF)
    rows: list[tuple[str, ...]] = []
    for line in lines:
        if line["failed"] or not line["runs"]:
            rows.append((cell(line["name"]), f"took no part: {cell(line['failed'])}", *[""] * (len(_HEADS) - 2)))
            continue
        rows.append((cell(line["name"]), *_cells(line, base)))
    return markdown(_HEADS, rows)


def _cells(line: dict[str, Any], base: dict[str, Any] | None) -> Iterable[str]:
    runs = line["runs"]
    yield spread([run["seconds"] for run in runs])
    yield "–" if base is None or line is base else spread(ratios(line, base))
    yield spread(cpu(line))
    for server in SERVERS:
        yield spread([p["cpu"] for run in runs for p in run["processes"] if p["name"] == server])
    yield f"{max(peaks(line)):.0f}"
    yield " / ".join(
        f"{max(p['peak_mib'] for run in runs for p in run['processes'] if p['name'] == server):.0f}"
        for server in SERVERS
    )
    yield next((run["wrong"] for run in runs if run["wrong"]), "all, equal")


def _verify(found: dict[str, Any]) -> str:
    return f"""### Proving that the wide table arrived

{found["rows"]:,} rows, {found["bytes"] / 1e6:,.0f} MB, on both servers at the same time, after a round that is not
counted; ratios are over verification's time.

{table(found)}
"""


def _link(found: dict[str, Any]) -> str:
    parts = []
    for far in ("source", "target"):
        lines = [line for line in found["contestants"] if line["far"] == far]
        parts.append(f"The {far} is far away:\n\n{table({'contestants': lines})}\n")
    return f"""### Over a long line

The wide table, {found["rows"]:,} rows, {found["bytes"] / 1e6:,.0f} MB; one server behind a line of
{found["round_trip_ms"]} ms there and back and {found["bytes_per_second"] * 8 // 1_000_000} Mbit/s a connection.
*Compressed*: towards the far server (`compress` in the connection's extra; mysqldump's
`--compression-algorithms=zlib`).

{chr(10).join(parts)}"""


def _about(found: dict[str, Any]) -> str:
    abouts: dict[str, str] = {}
    for case in (*found["cases"], found.get("verify") or {"contestants": ()}):
        for line in case["contestants"]:
            abouts.setdefault(line["name"], " ".join(line["about"].split()))
    items = "\n".join(f"- **{name}**: {about}" for name, about in abouts.items())
    return f"""Median and, in brackets, the lowest and highest. *Clients* are all processes but the servers,
*largest* is one process's peak; the engine's are its first process and two workers, the whole DAG run's are all of
Airflow's. Process by process, those of one kind are together (all `load` tasks, say): the sum of their processor
time, and the largest memory of one, looked at five times a second; time that is in no process's books since it
ended between two looks is told as such. A ratio is made round by round. A time runs
from an empty target to rows and indexes. *What arrived* compares rows and, column by column, a sum over all values
bound to their keys. Those that are slow by an order of magnitude copy the wide table alone.

A DAG run's time is divided by Airflow's own stamps. *In our code*: at least one task was between the start and
the end of its `execute`. *Around it in tasks*: none was, but a task had begun; that is a process, imports, the
DAG file and answers of the API server. *Between tasks*: no task had begun that had not ended; scheduling, and up
to half a second until the client sees the end. Airflow's share is the last two over the whole. Where two tasks run
at a time, a wait of one beside the work of the other is not in it.

{items}
"""


_WIDTH, _LEFT, _BAR, _GAP = 860, 230, 16, 8


def picture(found: dict[str, Any]) -> str:
    """Bars of MB a second, a case below the other, with the range over the rounds."""
    bars: list[str] = []
    top = 30
    for case in found["cases"]:
        lines = [line for line in case["contestants"] if line["runs"]]
        if len(lines) < 2 or case["name"] == "tiny":
            continue
        bars.append(f'<text x="10" y="{top}" font-weight="bold">{escape(_TITLES[case["name"]])}, MB/s</text>')
        top += 12
        speeds = {
            line["name"]: sorted(case["bytes"] / 1e6 / run["seconds"] for run in line["runs"]) for line in lines
        }
        scale = (_WIDTH - _LEFT - 70) / max(values[-1] for values in speeds.values())
        for name, values in speeds.items():
            bars.append(_bar(name, values, scale, top))
            top += _BAR + _GAP
        top += 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{top}" font-family="sans-serif" '
        f'font-size="13">\n<rect width="{_WIDTH}" height="{top}" fill="white"/>\n' + "\n".join(bars) + "\n</svg>\n"
    )


def _bar(name: str, values: list[float], scale: float, top: int) -> str:
    middle, low, high = statistics.median(values), values[0], values[-1]
    colour = "#1a73e8" if name in {"engine", "whole DAG run"} else "#9aa0a6"
    y = top + _BAR // 2
    return (
        f'<text x="{_LEFT - 8}" y="{top + 12}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{_LEFT}" y="{top}" width="{middle * scale:.0f}" height="{_BAR}" fill="{colour}"/>'
        f'<line x1="{_LEFT + low * scale:.0f}" x2="{_LEFT + high * scale:.0f}" y1="{y}" y2="{y}" stroke="black"/>'
        f'<text x="{_LEFT + high * scale + 6:.0f}" y="{top + 12}">{middle:.1f}</text>'
    )
