"""Storage engines: Aurora has InnoDB only, so every other table changes its engine or cannot come.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Reference.ISVariables.html: Aurora fixes
``default_storage_engine``. What matters is where the rows are: some engines hold none of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.model.names import TableName

_NOT_OWN_ROWS: Final = {
    "FEDERATED": "its rows are on another server",
    "MRG_MYISAM": "its rows are those of other tables",
    "NDB": "its rows are in a cluster",
    "NDBCLUSTER": "its rows are in a cluster",
}
_INNODB_MOST_COLUMNS: Final = 1017  # https://dev.mysql.com/doc/refman/8.4/en/innodb-limits.html


def check_engines(context: Context) -> Iterator[Finding]:
    """Engines that cannot come, engines that become InnoDB."""
    converted: dict[str, list[TableName]] = {}
    for planned in context.plan.tables:
        engine, name = planned.table.engine.upper(), planned.mapping.source
        if engine in _NOT_OWN_ROWS:
            yield blocker(
                "engine-not-supported",
                name,
                f"is a {planned.table.engine} table: {_NOT_OWN_ROWS[engine]}",
                f"exclude it in selection (exclude: {name}) and replace it by hand",
            )
        elif engine == "BLACKHOLE":
            yield warning(
                "engine-keeps-no-rows",
                name,
                "is a BLACKHOLE table: it becomes an InnoDB table, which keeps the rows that are written to it",
                f"exclude it in selection (exclude: {name}) if that is not wanted",
            )
        elif engine != "INNODB":
            converted.setdefault(planned.table.engine or "unknown", []).append(name)
    for engine, names in sorted(converted.items()):
        yield warning(
            "engine-converted",
            engine,
            f"becomes InnoDB: {listed(names)}; rows written to these during the load are not one consistent state",
            "stop writes to these tables during the load, or ALTER TABLE … ENGINE = InnoDB on the source first",
        )


def check_column_count(context: Context) -> Iterator[Finding]:
    """Tables of other engines with more columns than InnoDB takes."""
    for planned in context.plan.tables:
        columns = len(planned.table.columns)
        if columns > _INNODB_MOST_COLUMNS:
            yield blocker(
                "too-many-columns",
                planned.mapping.source,
                f"has {columns} columns, InnoDB takes {_INNODB_MOST_COLUMNS}",
                "split the table, or exclude it",
            )


def check_histograms(context: Context) -> Iterator[Finding]:
    """Optimizer histograms, which no load brings along."""
    if context.source_histograms:
        yield note(
            "histograms-not-copied",
            context.source.label,
            f"has histograms on {listed(context.source_histograms)}",
            "after the load: ANALYZE TABLE … UPDATE HISTOGRAM ON … on the target",
        )
