"""The engine's part of `bench.changes`, in a process of its own: ``begin`` or ``follow``; prints its figures."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from aurora_migration.engine.cdc.following import SyncContext, follow
from aurora_migration.engine.cdc.lag import source_position
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.sync import Checkpoint, SyncState, TableMode, TableSync
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.position import read_facts
from aurora_migration.mysql.session import Session
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import sync
from bench.changes import CONTROL, DATABASE, MIGRATION


def main(what: str, settings: Path) -> None:
    ends = json.loads(settings.read_text(encoding="utf-8"))
    source_end, target_end = (Endpoint(role, **ends[role]) for role in ("source", "target"))
    config = MigrationConfig.model_validate(
        {
            "name": MIGRATION,
            "source": {"connection": "source"},
            "target": {"connection": "target"},
            "type": "full-load-and-cdc",
            "selection": [{"include": f"{DATABASE}.*"}],
            "control_schema": CONTROL,
        }
    )
    context = SyncContext(source_end, target_end, config, "bench", RowStyle.LOAD_DATA, lambda _: None)
    used, started = time.process_time(), time.perf_counter()
    if what == "begin":
        _begin(context)
    else:
        result = follow(context, None, lambda: False)
        if not result.reached or result.stopped:
            raise RuntimeError(f"the engine did not catch up: {result.summary()}")
    seconds, used = time.perf_counter() - started, time.process_time() - used
    print(json.dumps({"seconds": seconds, "cpu": used, "mib": _peak_mib()}))


def _begin(context: SyncContext) -> None:
    with Session.open(context.source) as source, Session.open(context.target) as target:
        context.control.ensure(target)
        facts = read_facts(source)
        begin = Checkpoint(source_position(source), facts.by_gtid, facts.uuid, SyncState.RUNNING)
        sync.start_checkpoint(target, context.control, begin)
        sync.save_table(target, context.control, TableSync(TableName(DATABASE, "t"), TableMode.STRICT))


def _peak_mib() -> float:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
