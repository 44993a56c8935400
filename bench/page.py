"""Writes docs/benchmarks.md from kept results: nothing stands there that was not measured by the run it names."""

from __future__ import annotations

import json
import os
import statistics
from pathlib import Path
from typing import Any

from bench import load_larger, load_page

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
RESULTS = Path(__file__).parent / "results"
LARGER = ("load-1g", "load-4g")  # further results of `bench.load`, of larger tables
_HEADS = (
    "Table",
    "Rows",
    "MB",
    "Units",
    "CHECKSUM in turn, s",
    "CHECKSUM at once, s",
    "Verification, s",
    "Verification over in turn",
    "Verification over at once",
    "CHECKSUM, server CPU s",
    "Verification, server CPU s",
    "Ratio of CPU",
    "CPU here, s",
)


def machine() -> str:
    """Processor, its number of cores, memory."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB"


def table(found: dict[str, Any]) -> str:
    """The figures as a Markdown table: medians, and in brackets the lowest and highest."""
    rows = ["| " + " | ".join(_HEADS) + " |", "|---" * len(_HEADS) + "|"]
    tables = found["tables"]
    named = [(f"`{one['table']}`: {one['about']}", one) for one in tables]
    for name, one in [*named, ("all of them", _together(tables))]:
        cells = [
            name,
            f"{one['rows']:,}",
            f"{one['data_bytes'] / 1e6:,.0f}",
            str(one["units"]),
            *(_spread(one[key]) for key in ("checksum_in_turn", "checksum_together", "verification")),
            _spread(_ratios(one["verification"], one["checksum_in_turn"])),
            _spread(_ratios(one["verification"], one["checksum_together"])),
            *(_spread(one[key]) for key in ("checksum_server_cpu", "verification_server_cpu")),
            _spread(_ratios(one["verification_server_cpu"], one["checksum_server_cpu"])),
            f"{statistics.median(one['verification_cpu']):.2f}",
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _together(tables: list[dict[str, Any]]) -> dict[str, Any]:
    """The sums of all tables, round by round."""
    total: dict[str, Any] = {key: sum(one[key] for one in tables) for key in ("rows", "data_bytes", "units")}
    for key, values in tables[0].items():
        if isinstance(values, list):
            total[key] = [sum(parts) for parts in zip(*(one[key] for one in tables), strict=True)]
    return total


def changes_table(found: dict[str, Any]) -> str:
    """The figures of change apply as a Markdown table."""
    heads = (
        "The source wrote",
        "Replica, s",
        "Engine, s",
        "Replica's time over the engine's",
        "Replica, CPU s",
        "Target's server, CPU s",
        "Engine, CPU s for 100,000 changes",
        "Engine, peak MiB",
    )
    rows = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for one in found["shapes"]:
        share = 100_000 / one["changes"]
        cells = [
            one["about"],
            _spread(one["replica"]),
            _spread(one["engine"]),
            _spread(_ratios(one["replica"], one["engine"])),
            _spread(one["replica_cpu"]),
            _spread(one["engine_target_cpu"]),
            _spread([value * share for value in one["engine_cpu"]]),
            f"{max(one['engine_mib']):.0f}",
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def write() -> None:
    """Put the kept results into the page."""
    PAGE.write_text(text(kept(RESULTS)), encoding="utf-8")
    found = kept(RESULTS).get("load")
    if found:
        load_page.PICTURE.write_text(load_page.picture(found), encoding="utf-8")


def kept(folder: Path) -> dict[str, dict[str, Any]]:
    """The results that are there, by name."""
    names = ("load", *LARGER, "verify", "changes")
    paths = {name: folder / f"{name}.json" for name in names}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items() if path.exists()}


def text(found: dict[str, dict[str, Any]]) -> str:
    """The page; what was not measured is left out."""
    larger = [found[name] for name in LARGER if name in found]
    parts = [_HEAD]
    parts += [load_section(found["load"])] if "load" in found else []
    parts += [larger_section(larger, found.get("load"))] if larger else []
    parts += [_verification(found["verify"])] if "verify" in found else []
    parts += [_changes(found["changes"])] if "changes" in found else []
    return "\n".join([*parts, _HOW])


def publishes(result: Path) -> bool:
    """Whether a result of `bench.load` is one that the page shows."""
    return result.resolve() in {RESULTS.resolve() / f"{name}.json" for name in ("load", *LARGER)}


def larger_section(results: list[dict[str, Any]], smallest: dict[str, Any] | None) -> str:
    """The section about larger tables."""
    return load_page.wrapped(load_larger.section(results, smallest))


def load_section(found: dict[str, Any]) -> str:
    """The section about copying; its picture is drawn anew by `write` alone."""
    return f"{load_page.section(found)}\n![MB a second, by contestant and table]({load_page.PICTURE.name})\n"


_HEAD = """# Benchmarks

Figures of one run each on one machine, made by the commands at the end, which write this page and the results in
`bench/results`. Read them as ratios; on another machine run them again.
"""

_HOW = """## How to run

```
make bench                                                   # copying: all cases, five rounds
make bench-gigabyte bench-four-gigabytes                     # the wide table in larger sizes
make bench BENCH="--size-mib 32 --small-mib 8 --rounds 1 --result quick.json"
make bench BENCH="--contestants engine pandas --cases wide --rounds 1 --result quick.json"
make bench-verify                                            # tables of up to 1 GiB, five rounds
make bench-verify BENCH="--size-mib 100 --rounds 3 --tables wide --result quick.json"
make bench-changes                                           # both shapes, five rounds
make bench-changes BENCH="--shapes bulk --rounds 3 --result quick.json"
```

With another `--result` this page stays as it is; `load.json`, `load-1g.json` and `load-4g.json` in `bench/results`
are what it shows of copying. `--contestants` names who copies, as they are called above; `--small-mib` is the size
of the narrow and the skewed table, `--link-mib` what goes over the long line. The redo log's capacity follows the
size, or is what `--redo-log` says. 4 GiB want about 16 GiB of memory, so that both servers hold the table
(`--buffer-pool 6G`), and about 40 GB of disk.

`--size-mib` of `make bench-verify` is the size of the two larger tables; `thin` and `documents` get a quarter.
"""


def _verification(found: dict[str, Any]) -> str:
    return f"""## Verification against CHECKSUM TABLE

{found["machine"]}; MySQL {found["mysql"]} on both sides, `innodb_buffer_pool_size` {found["buffer_pool"]}
each, so the tables are in memory; Python {found["python"]}; made with `--size-mib {found["size_mib"]}`.
{found["rounds"]} rounds that take turns, after one that is not counted. Load average of the machine at the
end: {found["load_average"]}; well above the number of cores others were at work, times are long and scattered, and
the ratio of CPU is the one to read.

{table(found)}

Median and, in brackets, the lowest and highest. *In turn*: CHECKSUM TABLE on the source, then on the target.
*At once*: on both at the same time. The ratios are verification's time over these, round by round. *Server CPU* is
the processor time of both servers, *CPU here* that of this process. Verification is at the level `checksum`,
{found["at_once"]} load units at a time. The peak resident memory of this process over
filling, copying and verifying all tables was {found["peak_mib"]:.0f} MiB.

CHECKSUM TABLE adds up a CRC32 of each column's stored bytes. Verification calls functions that write each
column into one string: what it takes grows with the number of columns more than with their bytes. A table
with JSON is read twice, the second time for scalars inside its values whose types their text does not show.
"""


def _changes(found: dict[str, Any]) -> str:
    return f"""## Change apply against MySQL's own replica

{found["machine"]}; MySQL {found["mysql"]}, three servers with `sync_binlog` 0 and
`innodb_flush_log_at_trx_commit` 2; the replica has {found["workers"]} workers; Python {found["python"]}.
{found["rounds"]} rounds after one that is not counted. In each the source writes while the others stand still, and
then these catch up one after the other, taking turns in who is first. Load average of the machine at the end:
{found["load_average"]}.

{changes_table(found)}

Median and, in brackets, the lowest and highest. The table has 200,000 rows, a primary key and a secondary index.
The replica's processor time is that of its whole server; the engine's work is shared between its own process and
the target's server. Its peak memory is that of the process.
"""


def _ratios(above: list[float], below: list[float]) -> list[float]:
    return [a / b for a, b in zip(above, below, strict=True)]


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"
