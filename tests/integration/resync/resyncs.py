"""Resyncs a table of a test database in this process, as the bridge does it, in chunks small enough to matter."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.verify.resync import ResyncContext, Resynced, resync_table
from aurora_migration.model.chunk import KeyRange
from aurora_migration.model.plan import RunOptions
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import identifier, raw
from aurora_migration.sql.row_text import RowStyle
from local.oracle import compare_databases
from tests.fresh_databases import Databases, endpoint


class Resyncs:
    """Sessions and readers to both sides of a test database; closed with the stack."""

    def __init__(self, made: Databases, stack: ExitStack) -> None:
        self.made = made
        source, target = endpoint("source", made.pair.source_login), endpoint("target", made.pair.target_login)
        self._source = stack.enter_context(Session.open(source))
        self.target = stack.enter_context(Session.open(target, local_infile=True))
        self._readers = [stack.enter_context(RowReader(one)) for one in (source, target)]

    def __call__(
        self,
        table: str,
        part: KeyRange | None = None,
        *,
        style: RowStyle = RowStyle.LOAD_DATA,
        chunk_bytes: int = 16 << 20,
        **settings: Any,
    ) -> Resynced:
        settings = {"chunk_rows": 10, "on_progress": lambda _: None} | settings
        context = ResyncContext(
            self._source, self.target, *self._readers, style=style, chunk_bytes=chunk_bytes, **settings
        )
        plan = build_plan(self.made.config(), RunOptions(), self._source)
        return resync_table(context, plan.table(self.made.table(table)), part)


def both(made: Databases, *statements: str) -> None:
    """Run statements on source and target, whose database is made where it is missing."""
    made.target_root.execute(raw("CREATE DATABASE IF NOT EXISTS ") + identifier(made.name))
    made.on_source(*statements)
    made.on_target(*statements)


def assert_equal(made: Databases) -> None:
    result = compare_databases(*made.oracle_params(), [made.name])
    assert result.equal, str(result)
