"""What goes on at the source right now that the load would wait for, miss, or copy half-done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.model.finding import Finding, note, warning
from aurora_migration.model.names import TableName
from aurora_migration.mysql.transactions import long_transactions
from aurora_migration.sql.library import statement

_LONG_SECONDS: Final = 60
# shadow tables of gh-ost, pt-online-schema-change and LHM
_SHADOW: Final = re.compile(r"_.+_(?:gho|ghc|del|new|old)|lhm[na]_.+")
_CLOCK_SECONDS: Final = 60


def check_long_transactions(context: Context) -> Iterator[Finding]:
    """Transactions that have been open for more than a minute."""
    rows = long_transactions(context.source.session, _LONG_SECONDS)
    if rows:
        shown = [f"thread {row['thread']} for {row['seconds']} s" for row in rows]
        yield warning(
            "source-long-transaction",
            context.source.label,
            f"has open transactions, whose rows are not copied until they commit: {listed(shown)}",
            "let them end, or KILL the thread, before the load",
        )


def check_table_locks(context: Context) -> Iterator[Finding]:
    """Tables of the plan that a session has locked against readers, or is about to."""
    if not context.plan.schemas:
        return
    rows = context.source.session.query(statement("preflight/blocking_locks"), {"schemas": context.plan.schemas})
    locked = {TableName(row["schema_name"], row["name"]) for row in rows} & context.planned.keys()
    if locked:
        yield warning(
            "source-table-locked",
            context.source.label,
            f"a session holds or awaits a lock that stops readers: {listed(sorted(locked))}",
            "let that ALTER TABLE or LOCK TABLES end before the load",
        )


def check_online_schema_changes(context: Context) -> Iterator[Finding]:
    """Shadow tables of a schema change that is under way, or was left behind."""
    found = [name for name in context.planned if _SHADOW.fullmatch(name.name)]
    if found:
        yield warning(
            "online-schema-change",
            context.source.label,
            f"has shadow tables of an online schema change in the selection: {listed(sorted(found))}",
            "wait until the change has ended, drop what is left over, or exclude them",
        )


def check_source_writes(context: Context) -> Iterator[Finding]:
    """A full load copies what there is when it reads; what is written later stays behind."""
    if not context.config.follows_changes and not context.source.is_on("read_only"):
        yield note(
            "source-takes-writes",
            context.source.label,
            "takes writes: a full load does not copy what is written while it runs, and verification will say so",
            "stop writes to the selected tables during load and verification",
        )


def check_clocks(context: Context) -> Iterator[Finding]:
    """Whether the servers agree on what time it is."""
    apart = abs((context.source.clock - context.target.clock).total_seconds())
    if apart > _CLOCK_SECONDS:
        yield warning(
            "clocks-differ",
            context.target.label,
            f"its clock and the source's are {apart:.0f} s apart: new rows will have times that do not follow on",
            "set the clock of the server that is wrong (Aurora's is kept by AWS)",
        )
