"""The writer as a process: `python -m local.workload --seed 7 --threads 8 --seconds 60`.

Writes to the source of `local/run` (or `--folder`) until the time is over or Ctrl-C, SIGINT or SIGTERM comes.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

import pymysql

from local.login import Login
from local.servers import RUN_FOLDER, read_endpoints
from local.workload.running import Workload, WorkloadSettings
from local.workload.schema import create
from local.workload.size import Size

TELL_SECONDS = 5.0


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    chosen = _parser().parse_args(arguments)
    known = read_endpoints(chosen.folder).get("source")
    if known is None:
        print(f"no servers in {chosen.folder}: `make servers` starts them", file=sys.stderr)
        return 1
    login = Login(str(known["host"]), int(known["port"]), str(known["root_user"]), str(known["root_password"]))
    size = Size(chosen.rows, chosen.big_rows, chosen.keyless)
    settings = WorkloadSettings(chosen.database, chosen.seed, chosen.threads, chosen.rate, size)
    try:
        if not chosen.keep:
            with login.connect() as connection:
                create(connection, settings.database, size, settings.seed)
        _write(Workload(login, settings), chosen.seconds)
    except (pymysql.err.MySQLError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _write(workload: Workload, seconds: float) -> None:
    enough = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: enough.set())
    with workload:
        left = seconds
        while left > 0 and not enough.wait(min(left, TELL_SECONDS)):
            left -= TELL_SECONDS
            workload.check()
            print(workload.tally(), flush=True)
    print(f"stopped: {workload.tally()}")
    for name, count in workload.tally().by_name.most_common():
        print(f"{count:9} {name}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.workload", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60, help="how long to write")
    parser.add_argument("--rate", type=float, default=0, help="transactions a second at most; 0: no limit")
    parser.add_argument("--database", default="workload")
    parser.add_argument("--rows", type=int, default=5_000, help="rows of each table at the start")
    parser.add_argument("--big-rows", type=int, default=20_000, help="rows of the table of large transactions")
    parser.add_argument("--keyless", action="store_true", help="also a table without a key")
    parser.add_argument("--keep", action="store_true", help="go on with the database that is there")
    parser.add_argument("--folder", type=Path, default=RUN_FOLDER, help="where the servers live")
    return parser


if __name__ == "__main__":
    sys.exit(main())
