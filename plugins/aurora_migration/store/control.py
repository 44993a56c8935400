"""The control schema of one migration: where it is and how its statements are run.

It lies on the target, so that a chunk's rows and the record that they were written commit in one transaction.
Everything is keyed by the migration's name; several migrations may share a control schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from aurora_migration.model.names import TableName
from aurora_migration.mysql.session import Session, Statement
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import Fragment, identifier

_TABLES: Final = (
    "runs",
    "phases",
    "findings",
    "tables",
    "key_ranges",
    "chunks",
    "positions",
    "verdicts",
    "differences",
    "incidents",
    "event_states",
    "checkpoints",
    "sync_tables",
    "prepared_changes",
    "sync_samples",
    "cutovers",
    "run_plans",
    "reports",
    "dms_states",
    "pauses",
)

_NAMES_A_STATEMENT: Final = 200


@dataclass(frozen=True, slots=True)
class Control:
    """A migration's part of a control schema."""

    schema: str
    migration: str

    def ensure(self, session: Session) -> None:
        """Create the schema and its tables where they are missing; one question where none is."""
        rows = session.query(statement("store/existing_tables"), {"control": self.schema})
        there = {row["name"] for row in rows}
        if missing := [table for table in _TABLES if table not in there]:
            files = ["create_schema", *(f"table_{table}" for table in missing)]
            session.query_all([(self._statement(file), {}) for file in files])

    def exists(self, session: Session) -> bool:
        """Whether the control schema has been made."""
        return bool(session.query(statement("store/exists"), {"control": self.schema}))

    def query(self, session: Session, path: str, **values: Any) -> list[dict[str, Any]]:
        """Run ``include/sql/store/<path>.sql`` for this migration and return its rows."""
        return session.query(self._statement(path), {"migration": self.migration, **values})

    def execute(self, session: Session, path: str, **values: Any) -> int:
        """Run ``include/sql/store/<path>.sql`` for this migration and return the rows affected."""
        return session.execute(self._statement(path), {"migration": self.migration, **values})

    def forget(self, session: Session, records: str, tables: Iterable[TableName]) -> None:
        """Delete what ``records``, one of the control schema's tables, holds of some source tables."""
        left = iter(tables)
        while some := list(islice(left, _NAMES_A_STATEMENT)):
            names = json.dumps([{"schema": one.schema, "table": one.name} for one in some], ensure_ascii=False)
            sql = self._statement("forget_tables", records=identifier(records))
            session.execute(sql, {"migration": self.migration, "names": names})

    def bound(self, path: str, **values: Any) -> Statement:
        """``include/sql/store/<path>.sql`` for this migration with its values, to be run together with others."""
        return self._statement(path), {"migration": self.migration, **values}

    def _statement(self, path: str, **fragments: Fragment) -> Fragment:
        return statement(f"store/{path}", control=identifier(self.schema), **fragments)
