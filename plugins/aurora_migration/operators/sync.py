"""Change apply: the catch-up within a migration, and the syncs after it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from airflow.sdk import Asset, AssetAlias, Context
from airflow.sdk.exceptions import AirflowSkipException
from pydantic import JsonValue

from aurora_migration.bridge import following, going_back, outcomes, recovering, resyncing, verifying
from aurora_migration.bridge.run import Run
from aurora_migration.model.names import TableName
from aurora_migration.mysql.session import Session
from aurora_migration.operators.base import MigrationOperator


class CatchUpOperator(MigrationOperator):
    """Applies what happened on the source during the load."""

    ui_color = "#ede7f6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        with Session.open(run.target) as target, run.phase(target, "catch-up") as summary:
            summary.update(following.catch_up(run))
        return summary


class SyncOperator(MigrationOperator):
    """Catches up to where the source is now, after a resync if one is asked for.

    Its outlets are the tables whose rows changed.
    """

    ui_color = "#ede7f6"

    def __init__(self, *, migration: str, **kwargs: Any) -> None:
        super().__init__(migration=migration, outlets=[tables_alias(migration)], **kwargs)

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        if reason := following.not_ready(run):
            raise AirflowSkipException(reason)
        if run.options.resync:
            with following.recorded(run, "resync") as summary:
                summary.update(recovering.resync(run))
        with following.recorded(run, "sync") as summary:
            result = following.sync_once(going_back.present_way(run), run.options.acknowledge_ddl)
            summary.update(result.summary())
            events = context["outlet_events"][tables_alias(self.migration)]
            shared: dict[str, JsonValue] = {"position": str(result.position), "run_id": run.run_id}
            for name, count in result.row_changes.items():
                events.add(table_asset(self.migration, name), extra={**shared, "row_changes": count})
            following.check_stopped(run, result)
        return summary


class ComparePlanOperator(MigrationOperator):
    """Lists the load units whose chunks a sync by checksum compares."""

    ui_color = "#ede7f6"

    def run_phase(self, run: Run, context: Context) -> list[dict[str, Any]]:
        if reason := following.not_loaded(run):
            raise AirflowSkipException(reason)
        return verifying.units_to_compare(run, "sync")


class CompareAndRewriteOperator(MigrationOperator):
    """Compares the chunks of one unit with the source by hash, and rewrites the rows that differ."""

    ui_color = "#ede7f6"

    def __init__(self, *, migration: str, unit: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(migration=migration, **kwargs)
        self.unit = unit

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        counts = resyncing.resync_unit(run, int(self.unit["number"]))
        if not self.outlets:  # given by the graph: a mapped task may not add any itself
            return counts
        events = context["outlet_events"][tables_alias(self.migration)]
        for text, count in counts["changed"].items():
            schema, _, name = text.partition(".")
            extra: dict[str, JsonValue] = {"row_changes": count, "run_id": run.run_id}
            events.add(table_asset(self.migration, TableName(schema, name)), extra=extra)
        return counts


class SyncDoneOperator(MigrationOperator):
    """Closes a sync by checksum: green only if every unit was compared."""

    ui_color = "#ede7f6"

    def run_phase(self, run: Run, context: Context) -> dict[str, Any]:
        return following.close_compared(run, outcomes.states_of_others(context))


def tables_alias(migration: str) -> AssetAlias:
    """What stands for all tables of a migration in a DAG, since which they are is known only when it runs."""
    return AssetAlias(name=f"{migration}.tables", group="mysql-to-aurora")


def table_asset(migration: str, table: TableName) -> Asset:
    """The asset of one source table: ``mysql-to-aurora://<migration>/<schema>/<table>``, names percent-encoded."""
    path = "/".join(quote(part, safe="") for part in (table.schema, table.name))
    return Asset(uri=f"mysql-to-aurora://{migration}/{path}", name=f"{migration}:{table}", group="mysql-to-aurora")
