"""Writes docs/benchmarks.md from a result: nothing stands there that was not measured by the run it names."""

from __future__ import annotations

import os
import statistics
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_HEADS = (
    "Table",
    "Rows",
    "MB",
    "Units",
    "CHECKSUM in turn, s",
    "CHECKSUM at once, s",
    "Verification, s",
    "Ratio of times",
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
    for one in found["tables"]:
        cells = [
            f"`{one['table']}`: {one['about']}",
            f"{one['rows']:,}",
            f"{one['data_bytes'] / 1e6:,.0f}",
            str(one["units"]),
            *(_spread(one[key]) for key in ("checksum_in_turn", "checksum_together", "verification")),
            _spread(_ratios(one["verification"], one["checksum_together"])),
            *(_spread(one[key]) for key in ("checksum_server_cpu", "verification_server_cpu")),
            _spread(_ratios(one["verification_server_cpu"], one["checksum_server_cpu"])),
            f"{statistics.median(one['verification_cpu']):.2f}",
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def write(found: dict[str, Any]) -> None:
    """Put the result into the page."""
    PAGE.write_text(
        f"""# Benchmarks

Figures of one run on one machine, made by `make bench-verify`, which writes this page and
`bench/results/verify.json`. Read them as ratios; on another machine run it again.

## Verification against CHECKSUM TABLE

{found["machine"]}; MySQL {found["mysql"]} on both sides, `innodb_buffer_pool_size` {found["buffer_pool"]}
each, so the tables are in memory; Python {found["python"]}; made with `--size-mib {found["size_mib"]}`.
{found["rounds"]} rounds that take turns, after one that is not counted. Load average of the machine at the
end: {found["load_average"]}; above the number of cores, others were at work, times are long and scattered, and
the ratio of CPU is the one to read.

{table(found)}

Median and, in brackets, the lowest and highest. *In turn*: CHECKSUM TABLE on the source, then on the target.
*At once*: on both at the same time, as verification works; the ratios are verification over that, round by
round. *Server CPU* is the processor time of both servers, *CPU here* that of this process. Verification is at
the level `checksum`, {found["at_once"]} load units at a time. The peak resident memory of this process over
filling, copying and verifying all tables was {found["peak_mib"]:.0f} MiB.

CHECKSUM TABLE adds up a CRC32 of each column's stored bytes. Verification calls functions that write each
column into one string: what it takes grows with the number of columns more than with their bytes. A table
with JSON is read twice, the second time for the types inside its values.

## How to run

```
make bench-verify                                            # tables of up to 1 GiB, five rounds
make bench-verify BENCH="--size-mib 100 --rounds 3 --tables wide --result quick.json"
```

With another `--result` this page stays as it is. `--size-mib` is the size of the two larger tables; `thin` and
`documents` get a quarter of it.
""",
        encoding="utf-8",
    )


def _ratios(above: list[float], below: list[float]) -> list[float]:
    return [a / b for a, b in zip(above, below, strict=True)]


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"
