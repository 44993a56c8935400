"""Syncs in a process of their own, for tests that kill them: ``python -m tests.sync_process SETTINGS.json``.

Keys: ``source`` and ``target`` (host, port, user, password), ``config``, ``style``, ``during_load`` (the catch-up
of a full load, which marks the overlap first), ``seconds`` (one sync after the other for so long; null: one).
Prints ``{"following": true}`` before the first, and the result of each as a JSON object a line. Its status is 75
where it is worth another try.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

from aurora_migration.engine.cdc.following import follow
from aurora_migration.model.config import MigrationConfig
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
from aurora_migration.sql.row_text import RowStyle
from tests.exit_status import run
from tests.syncs import context, mark_overlap

PAUSE_SECONDS = 0.1  # between syncs, so that an idle source costs little


def main(settings: dict[str, Any]) -> None:
    source, target = (Endpoint(role, **settings[role]) for role in ("source", "target"))
    config, seconds = MigrationConfig.model_validate(settings["config"]), settings["seconds"]
    if settings["during_load"]:
        with Session.open(source) as reading, Session.open(target) as writing:
            mark_overlap(config, reading, writing)
    made = context(config, source, target, RowStyle(settings["style"]), during_load=settings["during_load"])
    until = time.monotonic() + (seconds or 0)

    def deadline() -> bool:
        return seconds is not None and time.monotonic() >= until

    tell({"following": True})
    while True:
        tell(follow(made, None, deadline).summary())
        if seconds is None or deadline():
            return
        time.sleep(PAUSE_SECONDS)


def tell(words: dict[str, Any]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    sys.exit(run(lambda: main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
