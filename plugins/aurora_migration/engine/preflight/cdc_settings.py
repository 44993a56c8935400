"""Whether the source's binlog holds every change as whole rows: switched on, row format, full images, no filter.

Compression, encryption and checksums need nothing: compressed transactions are inflated, the server decrypts what
it sends, and checksums are verified where there are any. A session may set format and image for itself
(https://dev.mysql.com/doc/refman/8.4/en/replication-options-binary-log.html), so open ones are looked at too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import listed, parameter, setting
from aurora_migration.engine.preflight.server import Server
from aurora_migration.errors import MissingPrivilegeError
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.sql.library import statement

_RECONNECT: Final = "; sessions that are open keep the old value until they connect again"
_WANTED: Final = {
    "binlog_format": "ROW",
    "binlog_row_image": "FULL",
    "binlog_row_value_options": "",
    "sql_log_bin": "ON",
}


def check_binlog_is_on(context: Context) -> Iterator[Finding]:
    """Whether the source writes a binlog at all."""
    source = context.source
    if not context.follows_binlog or source.is_on("log_bin"):
        return
    yield blocker(
        "binlog-off",
        source.label,
        "writes no binlog (log_bin is OFF): there are no changes to follow",
        f"{_switch_on(source)}; or set sync: {{strategy: checksum}} in the migration file",
    )


def check_binlog_format(context: Context) -> Iterator[Finding]:
    """Whether changes are written as rows, each with all its columns before and after."""
    source = context.source
    if not context.reads_binlog:
        return
    form, image = source.variables.get("binlog_format", "ROW"), source.variables.get("binlog_row_image", "FULL")
    if form != "ROW":
        yield blocker(
            "binlog-format-not-row",
            source.label,
            f"binlog_format is {form}: changes are written as statements, which need not give the same rows again",
            _row_format(source),
        )
    if image != "FULL":
        yield blocker(
            "binlog-image-not-full",
            source.label,
            f"binlog_row_image is {image}: columns are left out of the rows",
            setting(source, "binlog_row_image", "FULL") + _RECONNECT,
        )
    if source.variables.get("binlog_row_value_options", ""):
        yield blocker(
            "binlog-json-partial",
            source.label,
            "binlog_row_value_options is PARTIAL_JSON: of a changed document only the changed places are written",
            setting(source, "binlog_row_value_options", "''") + _RECONNECT,
        )
    if source.is_on("binlog_transaction_compression"):
        yield note(
            "binlog-compressed",
            source.label,
            "binlog_transaction_compression is ON: transactions are inflated while they are read",
        )


def check_binlog_sessions(context: Context) -> Iterator[Finding]:
    """Open sessions with other binlog settings than the server's, or that write nothing to the binlog."""
    if not context.reads_binlog:
        return
    rows = context.source.session.query(statement("preflight/binlog_sessions"), {"names": tuple(_WANTED)})
    odd = [row for row in rows if row["value"] != _WANTED[row["name"]]]
    if odd:
        shown = [f"thread {row['thread']} has {row['name']} {row['value']}" for row in odd]
        yield warning(
            "binlog-sessions-differ",
            context.source.label,
            f"what these sessions write is not followed, or stops the sync: {listed(shown)}",
            "let them connect again, or KILL them, before the load; verification finds what sql_log_bin=0 hides",
        )


def check_binlog_filters(context: Context) -> Iterator[Finding]:
    """``binlog_do_db``, ``binlog_ignore_db``: of rows the table's schema counts, of DDL the session's default."""
    if not context.reads_binlog:
        return
    source = context.source
    try:
        status = source.binlog_status or {}
    except MissingPrivilegeError:  # has its own finding: the stream's check
        return
    only, never = (_names(source, status.get(name)) for name in ("Binlog_Do_DB", "Binlog_Ignore_DB"))
    filters = "; ".join(
        f"{option} is {listed(sorted(names))}"
        for option, names in (("binlog_do_db", only), ("binlog_ignore_db", never))
        if names
    )
    selected = [(schema, source.same_name(schema)) for schema in context.plan.schemas]
    hidden = [schema for schema, name in selected if (name not in only if only else name in never)]
    remedy = "take binlog-do-db and binlog-ignore-db out of the source's option file and restart it"
    if hidden:
        seen = f"changes of these selected schemas are not in its binlog: {listed(hidden)} ({filters})"
        yield blocker("binlog-hides-schema", source.label, seen, remedy)
    elif filters:
        yield warning(
            "binlog-hides-ddl",
            source.label,
            f"DDL on selected tables is not in its binlog if the session's default schema is filtered: {filters}",
            f"{remedy}, or run DDL only with the table's own schema as the default (USE); with "
            "binlog_row_metadata = FULL a table that was changed unseen is noticed by its columns' names",
        )


def _names(source: Server, value: object) -> frozenset[str]:
    return frozenset(source.same_name(name) for name in str(value or "").split(",") if name)


def _switch_on(source: Server) -> str:
    if source.is_aurora:
        return _row_format(source)
    if source.is_managed:
        return "set the instance's backup retention period to 1 day or more, which switches the binlog on"
    return (
        f"{parameter(source, 'log_bin', 'binlog')}, then restart it (on RDS: a backup retention period of a day "
        "or more; on Aurora: binlog_format = ROW in the DB cluster parameter group)"
    )


def _row_format(source: Server) -> str:
    if source.is_aurora:
        return "in the source's DB cluster parameter group: binlog_format = ROW; then reboot the writer instance"
    return setting(source, "binlog_format", "ROW") + _RECONNECT
