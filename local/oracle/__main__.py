"""`python -m local.oracle [DATABASE[=TARGET] …]`: compare the running pair of servers by hand.

Reads where they are from `local/run/endpoints.json`. Without names it compares every database of the source.
The exit code is 0 when everything is equal, else 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from local.oracle import ServerParams, TableComparison, compare_databases
from local.oracle.session import Session
from local.oracle.structure import user_databases

ENDPOINTS = Path(__file__).parents[1] / "run" / "endpoints.json"
CONTROL_SCHEMA = "aurora_migration"


def read_endpoints(path: Path) -> tuple[ServerParams, ServerParams]:
    """Source and target as the running pair's file names them; as root, who sees every object."""
    ends = json.loads(path.read_text())
    source, target = (
        ServerParams(end["host"], end["port"], end["root_user"], end["root_password"])
        for end in (ends["source"], ends["target"])
    )
    return source, target


def main(arguments: list[str] | None = None) -> int:
    """Compare and print; 0 is equal."""
    parser = argparse.ArgumentParser(prog="python -m local.oracle", description=__doc__)
    parser.add_argument("databases", nargs="*", metavar="DATABASE[=TARGET]")
    parser.add_argument("--endpoints", type=Path, default=ENDPOINTS)
    parser.add_argument("--examples", type=int, default=5, help="rows named for each unequal table")
    options = parser.parse_args(arguments)
    source, target = read_endpoints(options.endpoints)
    pairs = {}
    for text in options.databases:
        old, _, new = text.partition("=")
        pairs[old] = new or old
    if not pairs:
        with Session(source) as session:
            pairs = {name: name for name in user_databases(session) if name != CONTROL_SCHEMA}

    def show(table: TableComparison) -> None:
        print(f"{'equal ' if table.equal else 'DIFFER'} {table.source} {table.source_rows:,} rows", flush=True)

    comparison = compare_databases(source, target, pairs, examples=options.examples, progress=show)
    print(comparison)
    return 0 if comparison.equal else 1


if __name__ == "__main__":
    sys.exit(main())
