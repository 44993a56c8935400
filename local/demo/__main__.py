"""The demo's command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from local import LocalError
from local.demo.case import Wish
from local.demo.down import down
from local.demo.up import up
from local.servers import RUN_FOLDER

INTERRUPTED = 130
PLAIN_WIDTH = 160  # of a log file, whose lines nobody measures


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.demo", description="migrate through a real Airflow")
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("up", help="start everything, migrate, follow, compare")
    starting.add_argument(
        "--dump", type=Path, metavar="FILE", help="a mysqldump file (.sql or .sql.gz) to migrate"
    )
    starting.add_argument("--type", metavar="TYPE", help="the migration's type, such as full-load")
    starting.add_argument("--scale", type=float, default=1.0, help="size of the sample; 1.0 is a million rows")
    stopping = commands.add_parser("down", help="stop everything and remove its data")
    for command in (starting, stopping):
        command.add_argument("--folder", type=Path, default=RUN_FOLDER, help="where everything lives")
    chosen = parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console = Console(highlight=False, soft_wrap=True, width=PLAIN_WIDTH)
    try:
        if chosen.command == "down":
            return down(console, chosen.folder)
        return up(console, Wish(chosen.folder.resolve(), chosen.dump, chosen.type, chosen.scale))
    except LocalError as error:
        console.print(str(error), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("\nLeft: what was started goes on. `make demo` follows it again, `make demo-down` stops it.")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
