"""The section of docs/benchmarks.md about copying, and its picture, made from bench/results/load.json alone.

A ratio is made round by round, the other's time over the engine's in the same round, so that a machine that gets
slower in between does not favour anybody; shown is the median, and in brackets the lowest and highest.
"""

from __future__ import annotations

import re
import statistics
import textwrap
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any, Final

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
# The project's own measure: against whom, in which case, how many times the engine's speed.
GOALS: Final = (
    ("pandas", "everybody", 6.0),
    ("GenericTransfer", "everybody", 6.0),
    ("mysqldump | mysql", "wide", 2.5),
    ("mydumper + myloader", "wide", 1.6),
    ("INSERT … SELECT", "wide", 1.0),
)
_SERVERS: Final = ("source server", "target server")


def section(found: dict[str, Any]) -> str:
    """The section as Markdown."""
    load, versions = found["load_average"], "; ".join(filter(None, found["versions"].values()))
    parts = [
        f"""## Copying, side by side

{found["machine"]}; MySQL {found["mysql"]} on both sides, `innodb_buffer_pool_size` {found["buffer_pool"]},
`innodb_flush_log_at_trx_commit` 2, `sync_binlog` 0, binlog on; Python {found["python"]}; {versions}.
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
    parts += [_goals(found), _about(found)]
    return "\n".join(map(_wrapped, "\n".join(parts).split("\n\n"))).replace("\n\n\n", "\n\n")


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
    "everybody": "The wide table, everybody",
    "wide": "The wide table, larger, without the slow ones",
    "growth": "The wide table, a tenth of it",
    "narrow": "The narrow table",
    "skewed": "The table of skewed keys",
    "tiny": "Tiny tables",
}


def _case(case: dict[str, Any]) -> str:
    tables = f"{case['tables']:,} tables, " if case["tables"] > 1 else ""
    head = f"### {_TITLES[case['name']]}\n\n{case['about'][0].upper()}{case['about'][1:]}: {tables}"
    return f"{head}{case['rows']:,} rows, {case['bytes'] / 1e6:,.0f} MB.\n\n{table(case)}\n{_dag(case)}"


def _dag(case: dict[str, Any]) -> str:
    """Where the time of a whole DAG run goes, if one took part."""
    runs = [run for line in case["contestants"] for run in line["runs"] if "spans" in run["said"]]
    if not runs:
        return ""
    names = ("preflight", "schema_wave_1", "load", "schema_wave_2", "verify_rows", "verify_objects", "report")
    spans = ", ".join(
        f"`{name}` {spread([run['said']['spans'].get(name, 0.0) for run in runs])}" for name in names
    )
    idle = spread([run["seconds"] - run["said"]["busy"] for run in runs])
    return f"\nOf the whole DAG run, seconds without any task at work: {idle}; with: {spans}.\n"


def table(case: dict[str, Any]) -> str:
    """A case's figures as a Markdown table; the engine, or else the first, is what others are compared with."""
    lines = case["contestants"]
    base = next((line for line in lines if line["runs"]), None)
    rows = ["| " + " | ".join(_HEADS) + " |", "|---" * len(_HEADS) + "|"]
    for line in lines:
        name = line["name"].replace("|", "\\|")
        if line["failed"] or not line["runs"]:
            rows.append(f"| {name} | took no part: {_one_line(line['failed'])} |" + " |" * (len(_HEADS) - 2))
            continue
        rows.append("| " + " | ".join((name, *_cells(line, base))) + " |")
    return "\n".join(rows)


def _cells(line: dict[str, Any], base: dict[str, Any] | None) -> Iterable[str]:
    runs = line["runs"]
    yield spread([run["seconds"] for run in runs])
    yield "–" if base is None or line is base else spread(ratios(line, base))
    yield spread([sum(p["cpu"] for p in _clients(run)) for run in runs])
    for server in _SERVERS:
        yield spread([p["cpu"] for run in runs for p in run["processes"] if p["name"] == server])
    yield f"{max((p['peak_mib'] for run in runs for p in _clients(run)), default=0):.0f}"
    yield " / ".join(
        f"{max(p['peak_mib'] for run in runs for p in run['processes'] if p['name'] == server):.0f}"
        for server in _SERVERS
    )
    yield next((run["wrong"] for run in runs if run["wrong"]), "all, equal")


def ratios(line: dict[str, Any], base: dict[str, Any]) -> list[float]:
    """Its time over the base's, round by round."""
    pairs = zip(line["runs"], base["runs"], strict=False)
    return [one["seconds"] / other["seconds"] for one, other in pairs]


def _clients(run: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in run["processes"] if one["name"] not in _SERVERS]


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


def _goals(found: dict[str, Any]) -> str:
    rows = ["| Against | The project's goal | Measured |", "|---|---|---|"]
    cases = {case["name"]: {line["name"]: line for line in case["contestants"]} for case in found["cases"]}
    for name, case, goal in GOALS:
        line, base = cases.get(case, {}).get(name), cases.get(case, {}).get("engine")
        if line and base and line["runs"] and base["runs"]:
            shown = name.replace("|", "\\|")
            rows.append(f"| {shown} | {goal:.1f} × faster | {_judged(ratios(line, base), goal)} |")
    if "verify" in found:
        lines = {line["name"]: line for line in found["verify"]["contestants"]}
        if lines["pt-table-checksum"]["runs"]:
            values = ratios(lines["pt-table-checksum"], lines["verification"])
            rows.append(f"| pt-table-checksum | 2.0 × faster | {_judged(values, 2.0)} |")
    if "wide" in cases:
        wide = next(case for case in found["cases"] if case["name"] == "wide")
        rows += _engine_goals(wide, cases["wide"]["engine"], cases.get("growth", {}).get("engine"), found)
    return "### Goals\n\n" + "\n".join(rows) + "\n" if len(rows) > 2 else ""


def _engine_goals(
    wide: dict[str, Any], engine: dict[str, Any], tenth: dict[str, Any] | None, found: dict[str, Any]
) -> Iterable[str]:
    if not engine["runs"]:
        return
    used = [sum(p["cpu"] for p in _clients(run)) for run in engine["runs"]]
    cpu = [one / (wide["bytes"] / 1e9) for one in used]
    yield f"| the engine's CPU a GB, its start included | under 6 s | {_judged(cpu, 6.0, below=True)} |"
    peak = [max(p["peak_mib"] for p in _clients(run)) for run in engine["runs"]]
    yield f"| the engine's largest process | under 200 MiB | {_judged(peak, 200.0, below=True)} |"
    if tenth and tenth["runs"]:
        small = next(case for case in found["cases"] if case["name"] == "growth")
        share, more = wide["rows"] / small["rows"] / 10, (wide["bytes"] - small["bytes"]) / 1e9
        before = [sum(p["cpu"] for p in _clients(run)) for run in tenth["runs"]]
        each = [(big - little) / more for big, little in zip(used, before, strict=False)]
        yield f"| the engine's CPU for each GB more | under 6 s | {_judged(each, 6.0, below=True)} |"
        grown = [
            big["seconds"] / little["seconds"] / share
            for big, little in zip(engine["runs"], tenth["runs"], strict=False)
        ]
        yield f"| time for ten times the rows | at most 10.5 × | {_judged(grown, 10.5, below=True)} |"


def _judged(values: list[float], goal: float, *, below: bool = False) -> str:
    median = statistics.median(values)
    reached = median <= goal if below else median >= goal
    return f"{spread(values)}{'' if reached else ', **not reached**'}"


def _about(found: dict[str, Any]) -> str:
    abouts: dict[str, str] = {}
    for case in (*found["cases"], found.get("verify") or {"contestants": ()}):
        for line in case["contestants"]:
            abouts.setdefault(line["name"], " ".join(line["about"].split()))
    items = "\n".join(f"- **{name}**: {about}" for name, about in abouts.items())
    return f"""Median and, in brackets, the lowest and highest. *Clients* are all processes but the servers,
*largest* is one process's peak; the engine's are its first process and two workers. A time runs from an empty
target to rows and indexes. *What arrived* compares rows and, column by column, a sum over all values bound to
their keys. Those that are slow (by an order of magnitude) copy the small table only, and are compared there.

{items}
"""


def spread(values: list[float]) -> str:
    """Median (lowest–highest)."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})" if values else "–"


def _one_line(text: str) -> str:
    """Fit for a table's cell; folders of this machine are of no interest."""
    return re.sub(r"/(?:work|tmp|root|home)/\S*", "…", " ".join(text.split())).replace("|", "\\|")[:300]


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
