"""The command line of `bench.load`, and what follows from it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from bench.contestants import EVERYBODY
from bench.load_tables import TINY_TABLES

RESULT: Final = Path(__file__).parent / "results" / "load.json"
CASES: Final = ("wide", "growth", "narrow", "skewed", "tiny", "verify", "link")
DAG: Final = "whole DAG run"
NAMES: Final = (*(one.name for one in EVERYBODY), DAG)


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """What was asked for; ends the program where it asks for somebody who is not known."""
    made = parser()
    chosen = made.parse_args(arguments)
    strangers = [name for name in chosen.contestants if name not in NAMES]
    if strangers:
        made.error(f"no contestant {', '.join(map(repr, strangers))}; known are {', '.join(map(repr, NAMES))}")
    chosen.redo_log = chosen.redo_log or redo_log(chosen.size_mib)
    return chosen


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m bench.load")
    made.add_argument("--size-mib", type=int, default=256, help="data_length of the wide table, about")
    made.add_argument("--small-mib", type=int, default=256, help="size of the narrow and the skewed table")
    made.add_argument("--link-mib", type=int, default=32, help="what goes over the long line")
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--buffer-pool", default="2G", help="innodb_buffer_pool_size of each server")
    made.add_argument("--redo-log", help="innodb_redo_log_capacity of each server; else it follows --size-mib")
    made.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    made.add_argument(
        "--contestants",
        nargs="+",
        metavar="NAME",
        default=list(NAMES),
        help="who copies; verify and link ask nobody",
    )
    made.add_argument("--idle-sleep", type=float, default=1.0, help="Airflow's scheduler_idle_sleep_time, s")
    made.add_argument("--parse-interval", type=int, default=30, help="Airflow's min_file_process_interval, s")
    made.add_argument("--tiny-tables", type=int, default=TINY_TABLES)
    made.add_argument("--no-airflow", dest="airflow", action="store_false", help="leave out the whole DAG run")
    made.add_argument("--local", action="store_true", help="leave out peers that have to be fetched")
    made.add_argument("--result", type=Path, default=RESULT)
    return made


def redo_log(size_mib: int) -> str:
    """A capacity that holds twice what is copied, so that it makes nobody wait: 1 to 8 GiB."""
    return f"{min(8, max(1, -(-2 * size_mib // 1024)))}G"
