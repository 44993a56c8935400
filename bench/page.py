"""Writes docs/benchmarks.md from a result: nothing stands there that was not measured by the run it names."""

from __future__ import annotations

import os
import statistics
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_HEAD = "| Table | Rows | MB | Units | CHECKSUM, in turn | CHECKSUM, at once | Verification | Ratio | CPU here |"


def machine() -> str:
    """Processor, its number of cores, memory."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB"


def table(found: dict[str, Any]) -> str:
    """The figures as a Markdown table: medians, and in brackets the lowest and highest."""
    rows = [_HEAD, "|---|---|---|---|---|---|---|---|---|"]
    for one in found["tables"]:
        ratios = [a / b for a, b in zip(one["verification"], one["checksum_together"], strict=True)]
        cells = [
            f"`{one['table']}`: {one['about']}",
            f"{one['rows']:,}",
            f"{one['data_bytes'] / 1e6:,.0f}",
            str(one["units"]),
            *(_spread(one[key]) for key in ("checksum_in_turn", "checksum_together", "verification")),
            _spread(ratios),
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
each, so the tables are in memory; Python {found["python"]}. {found["rounds"]} rounds that take turns, after
one that is not counted.

{table(found)}

Seconds: the median and, in brackets, the lowest and highest. *In turn*: CHECKSUM TABLE on the source, then
on the target. *At once*: on both at the same time, as verification works; *ratio* is verification over
that, round by round. Verification is at the level `checksum`, {found["at_once"]} load units at a time. *CPU
here* is what this process took; its peak resident memory over filling, copying and verifying all tables was
{found["peak_mib"]:.0f} MiB.

CHECKSUM TABLE adds up a CRC32 of each column's stored bytes. Verification calls functions that write each
column into one string: what it takes grows with the number of columns more than with their bytes. A table
with JSON is read twice, the second time for the types inside its values.

## How to run

```
make bench-verify                                            # tables of up to 1 GiB, five rounds
make bench-verify BENCH="--size-mib 100 --rounds 3 --tables wide --result /dev/stdout"
```
""",
        encoding="utf-8",
    )


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"
