"""Both waves of DDL in a process of its own, by three sessions, for tests that kill it.

``python -m tests.schema_process SETTINGS.json [WORDS COUNT]``. With words that a step's log line begins with, the
process says "halted" after that many such steps and goes no further: the session that did the last one waits to be
killed, and so does each other as soon as it has done its own.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from pathlib import Path
from typing import Any, Final

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.schema import complete_tables, create_tables
from aurora_migration.model.config import MigrationConfig, TargetTablePrepMode
from aurora_migration.model.plan import RunOptions
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
from tests.exit_status import run

WORKERS: Final = 3


class Halt(logging.Handler):
    """Waits for ever in the line that tells of the last step; a handler lets one thread in at a time."""

    def __init__(self, words: str, count: int) -> None:
        super().__init__(logging.INFO)
        self._words, self._left = words, count

    def emit(self, record: logging.LogRecord) -> None:
        self._left -= record.getMessage().startswith(self._words)
        if self._left == 0:
            print("halted", flush=True)
            threading.Event().wait()


def main(settings: dict[str, Any]) -> None:
    ends = [Endpoint(role, **settings[role]) for role in ("source", "target")]
    config = MigrationConfig.model_validate(settings["config"])
    options = RunOptions(prep_mode=TargetTablePrepMode(settings["mode"]))
    with Session.open(ends[0]) as source, Session.open(ends[1]) as target:
        plan = build_plan(config, options, source)
        create_tables(plan, options, source, target, lambda _: None, WORKERS)
        complete_tables(plan, source, target, lambda _: None, WORKERS)


if __name__ == "__main__":
    if sys.argv[2:]:
        logging.getLogger("aurora_migration").setLevel(logging.INFO)
        logging.getLogger("aurora_migration").addHandler(Halt(sys.argv[2], int(sys.argv[3])))
    sys.exit(run(lambda: main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
