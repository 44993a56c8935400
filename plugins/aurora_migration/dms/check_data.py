"""What DMS can and cannot do with this source and these tables, before it does something else with them.

Facts: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.MySQL.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from aurora_migration.dms.checking import CheckContext
from aurora_migration.dms.division import followed_by_dms
from aurora_migration.dms.mapping import stray_tables
from aurora_migration.dms.settings import lob_columns
from aurora_migration.model.finding import Finding, blocker, note, warning
from aurora_migration.model.plan import PlannedTable

_DOCUMENTED: Final = ("5.7.", "8.0.", "8.4.")
_SHOWN: Final = 10


def check_tables(context: CheckContext) -> Iterator[Finding]:
    """Tables that DMS would leave out, or send elsewhere."""
    if not context.plan.tables:
        yield blocker(
            "dms-no-tables",
            context.config.name,
            "the plan has no table, so DMS has nothing to do",
            "use engine native",
        )
    strays = stray_tables(context.plan)
    if strays:
        yield blocker(
            "dms-table-leaves-schema",
            _listed(strays),
            "renames.tables sends it to another schema, and DMS renames schemas as a whole",
            "rename within its schema, or use engine native",
        )
    follows = followed_by_dms(context.config)
    lobs = [one for one in context.plan.tables if lob_columns(one.table) and one.table.chunk_key is None]
    if lobs:
        tell = blocker if context.config.dms.lob == "full" or follows else warning
        yield tell(
            "dms-lob-without-key",
            _listed(lobs),
            "has LOB columns and no key: in full LOB mode DMS leaves these columns empty",
            "add a primary key, use dms.lob: measured with type full-load, or use engine native",
        )
    keyless = [one for one in context.plan.tables if one.table.chunk_key is None]
    if keyless and follows:
        yield blocker(
            "dms-changes-without-key",
            _listed(keyless),
            "has no key: DMS cannot settle changes that overlap with the load",
            "add a primary key, leave the table out, or use type full-load",
        )
    elif keyless and context.config.dms.validation:
        yield note(
            "dms-not-validated", _listed(keyless), "DMS's validation needs a key; ours compares it all the same"
        )


def check_type_fidelity(context: CheckContext) -> Iterator[Finding]:
    """Types whose values DMS is known to bend; verification decides."""
    kinds = {"bit", "json", "vector", "geometry", "year"}
    touched = [one for one in context.plan.tables if any(c.data_type in kinds for c in one.table.columns)]
    if touched:
        yield warning(
            "dms-types-at-risk",
            _listed(touched),
            "has BIT, YEAR, JSON, VECTOR or spatial columns, which DMS converts on its way",
            "verification compares every value; where it finds differences, use engine native",
        )
    generated = [one for one in context.plan.tables if any(c.generated for c in one.table.columns)]
    if generated:
        yield note("dms-generated-columns", _listed(generated), "has generated columns: the target computes them")


def check_source_version(context: CheckContext) -> Iterator[Finding]:
    """DMS documents the versions that it reads."""
    if not context.source_version.startswith(_DOCUMENTED):
        yield warning(
            "dms-source-version",
            context.source.label,
            f"is MySQL {context.source_version}; DMS documents 5.7, 8.0 and 8.4",
            "try it on a copy, or use engine native",
        )
    zone = context.variables.get("time_zone", "UTC")
    if zone not in {"UTC", "+00:00"} and not (
        zone == "SYSTEM" and context.variables.get("system_time_zone") in {"UTC", "GMT", "Etc/UTC"}
    ):
        yield warning(
            "dms-source-time-zone",
            context.source.label,
            f"time_zone is {zone}: DMS reads TIMESTAMP values in the server's zone",
            "verification tells whether they arrived; SET GLOBAL time_zone = '+00:00' on the source avoids it",
        )


def check_change_capture(context: CheckContext) -> Iterator[Finding]:
    """What following the binlog takes."""
    if not followed_by_dms(context.config):
        return
    for name, wanted in (("log_bin", "ON"), ("binlog_format", "ROW"), ("binlog_row_image", "FULL")):
        seen = context.variables.get(name, wanted)
        if seen.upper() != wanted:
            yield blocker(
                "dms-binlog-unfit",
                f"{name} on the source",
                f"is {seen}, and DMS needs {wanted}",
                f"set {name} = {wanted} in the source's configuration or parameter group",
            )
    if context.variables.get("binlog_transaction_compression", "OFF").upper() == "ON":
        yield blocker(
            "dms-binlog-compressed",
            "binlog_transaction_compression on the source",
            "is ON, and DMS does not read compressed transactions",
            "SET PERSIST binlog_transaction_compression = OFF; on the source",
        )
    seconds = int(context.variables.get("binlog_expire_logs_seconds", "0") or 0)
    if 0 < seconds < 24 * 3600:
        yield warning(
            "dms-binlog-retention",
            "binlog_expire_logs_seconds on the source",
            f"is {seconds}: DMS needs the binlog for as long as it lags or stands",
            "keep at least 24 hours; on RDS: CALL mysql.rds_set_configuration('binlog retention hours', 24);",
        )


def check_tls(context: CheckContext) -> Iterator[Finding]:
    """What the connection's ssl_mode means in DMS, which knows none, verify-ca and verify-full for MySQL."""
    for side in context.sides:
        stated = context.stated_ssl[side.side]
        if side.config.ssl_mode is None and stated == "REQUIRED":
            yield blocker(
                "dms-tls-undecided",
                side.label,
                "the connection's ssl_mode is REQUIRED, which DMS does not have: it would go in the clear",
                "aws dms import-certificate --certificate-identifier ca --certificate-pem file://ca.pem, then set "
                f"dms.{side.side}.ssl_mode: verify-ca and dms.{side.side}.certificate; or say ssl_mode: none",
            )
        elif side.ssl_mode == "none":
            yield warning(
                "dms-not-encrypted",
                side.label,
                "rows and password travel in the clear between DMS and this server",
                f"set dms.{side.side}.ssl_mode and dms.{side.side}.certificate",
            )
        elif side.config.certificate is None:
            yield blocker(
                "dms-certificate-missing",
                side.label,
                f"ssl_mode {side.ssl_mode} needs the CA's certificate in DMS",
                f"aws dms import-certificate, then set dms.{side.side}.certificate to its ARN",
            )


def _listed(tables: Sequence[PlannedTable]) -> str:
    names = [str(one.mapping.source) for one in tables[:_SHOWN]]
    more = f" and {len(tables) - _SHOWN} more" if len(tables) > _SHOWN else ""
    return f"{'table' if len(tables) == 1 else 'tables'} {', '.join(names)}{more}"
