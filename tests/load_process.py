"""A load in a process of its own, for tests that kill or weigh it: ``python -m tests.load_process SETTINGS.json``.

With the key ``memory`` the process leaves its memory in that file: before the first chunk, and at its highest.
With ``asks`` it says "next" before each chunk and waits for a line, or for the end of all lines.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from aurora_migration.engine.fullload.loading import LoadContext, load_range
from aurora_migration.engine.plan import build_plan
from aurora_migration.model.config import LoadConfig, MigrationConfig
from aurora_migration.model.plan import RunOptions
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import prepare
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import load
from aurora_migration.store.control import Control
from tests.exit_status import run
from tests.loads import SmallChunks


def main(settings: dict[str, Any]) -> None:
    source_end, target_end = (Endpoint(role, **settings[role]) for role in ("source", "target"))
    config = MigrationConfig.model_validate(settings["config"])
    limits = SmallChunks(small_bytes=settings["chunk_bytes"], **LoadConfig().model_dump())
    style = RowStyle(settings["style"])
    with (
        Session.open(source_end) as source,
        Session.open(target_end, local_infile=True, several=True) as target,
        RowReader(source_end) as reader,
    ):
        prepare(target)
        plan = build_plan(config, RunOptions(), source)
        control = Control(config.control_schema, config.name)
        context = LoadContext(
            source,
            reader,
            target,
            control,
            "run",
            style,
            limits,
            lambda _: None,
            follows_changes=config.follows_changes,
            wait=ask if settings.get("asks") else lambda: 0.0,
        )
        before = resident("VmRSS")
        print("loading", flush=True)
        for part in load.ranges(target, control):
            load_range(context, plan.table(part.table), part)
    if "memory" in settings:
        memory = {"before": before, "peak": resident("VmHWM")}
        Path(settings["memory"]).write_text(json.dumps(memory), encoding="utf-8")


def ask() -> float:
    print("next", flush=True)
    sys.stdin.readline()
    return 0.0


def resident(line: str) -> float:
    """This process's resident memory in MiB, as a line of its status file tells it."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(text for text in lines if text.startswith(f"{line}:")).split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(run(lambda: main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
