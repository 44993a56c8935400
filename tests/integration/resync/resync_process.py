"""A resync in a process of its own, to be killed: ``python -m tests.integration.resync.resync_process FILE.json``.

Prints a line before the first chunk and after each. With ``asks`` it waits for a line of its input after each of
them; it goes on by itself once there are no more lines.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.verify.resync import ResyncContext, resync_table
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.plan import RunOptions
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.sql.row_text import RowStyle


def main(settings: dict[str, Any]) -> None:
    source_end, target_end = (Endpoint(role, **settings[role]) for role in ("source", "target"))
    with (
        Session.open(source_end) as source,
        Session.open(target_end, local_infile=True) as target,
        RowReader(source_end) as source_reader,
        RowReader(target_end) as target_reader,
    ):
        plan = build_plan(MigrationConfig.model_validate(settings["config"]), RunOptions(), source)
        context = ResyncContext(
            source,
            target,
            source_reader,
            target_reader,
            RowStyle(settings["style"]),
            settings["chunk_bytes"],
            lambda progress: tell(progress.rows, asks=settings["asks"]),
            chunk_rows=settings["chunk_rows"],
        )
        tell("resyncing", asks=settings["asks"])
        for planned in plan.tables:
            resync_table(context, planned)


def tell(words: object, *, asks: bool) -> None:
    print(words, flush=True)
    if asks:
        sys.stdin.readline()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
