"""Both waves of DDL in a process of its own, by three sessions, for tests that kill it.

``python -m tests.schema_process SETTINGS.json``; says "working" once it has connected.
"""

from __future__ import annotations

import json
import sys
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


def main(settings: dict[str, Any]) -> None:
    ends = [Endpoint(role, **settings[role]) for role in ("source", "target")]
    config = MigrationConfig.model_validate(settings["config"])
    options = RunOptions(prep_mode=TargetTablePrepMode(settings["mode"]))
    with Session.open(ends[0]) as source, Session.open(ends[1]) as target:
        plan = build_plan(config, options, source)
        print("working", flush=True)
        create_tables(plan, options, source, target, lambda _: None, WORKERS)
        complete_tables(plan, source, target, lambda _: None, WORKERS)


if __name__ == "__main__":
    sys.exit(run(lambda: main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
