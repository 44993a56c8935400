"""The trigger form: what a person decides for one run. Every field has a default that works."""

from __future__ import annotations

from airflow.sdk import Param

from aurora_migration.model.config import MigrationConfig, RepairMode, TargetTablePrepMode, VerificationLevel

_WHAT = "What to migrate"
_HOW = "How"
_PREP_LABELS = {
    TargetTablePrepMode.DO_NOTHING: "do-nothing: create what is missing, refuse tables with foreign rows",
    TargetTablePrepMode.TRUNCATE: "truncate-before-load: empty the target tables first",
    TargetTablePrepMode.DROP_AND_CREATE: "drop-and-create: drop the target tables first",
}
_LEVEL_LABELS = {
    VerificationLevel.ROW_COUNT: "row-count: count rows on both sides",
    VerificationLevel.CHECKSUM: "checksum: SHA-256 of every row on both sides",
}
_REPAIR_LABELS = {
    RepairMode.NONE: "none: only tell",
    RepairMode.REVIEW: "review: keep the SQL that would repair them, by key",
    RepairMode.APPLY: "apply: rewrite just these rows from the source, compare again, record an incident",
}


def migrate_params(config: MigrationConfig) -> dict[str, Param]:
    """Fields of ``<name>.migrate``."""
    return {
        "tables": _tables(),
        "target_table_prep_mode": Param(
            str(TargetTablePrepMode.DO_NOTHING),
            type="string",
            enum=[str(mode) for mode in TargetTablePrepMode],
            values_display={str(mode): label for mode, label in _PREP_LABELS.items()},
            title="Target table prep mode",
            description="What to do with selected tables that are already on the target.",
            section=_HOW,
        ),
        "verification_level": _level(config),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            description="Preflight and plan only; nothing is written to the target.",
            section=_HOW,
        ),
    }


def verify_params(config: MigrationConfig) -> dict[str, Param]:
    """Fields of ``<name>.verify``."""
    return {
        "tables": _tables(),
        "verification_level": _level(config),
        "repair": Param(
            str(RepairMode.NONE),
            type="string",
            enum=[str(mode) for mode in RepairMode],
            values_display={str(mode): label for mode, label in _REPAIR_LABELS.items()},
            title="Repair",
            description="What to do about rows that differ (checksum level).",
            section=_HOW,
        ),
    }


def cutover_params(config: MigrationConfig) -> dict[str, Param]:
    """Fields of ``<name>.cutover``; none where there is no way back."""
    if not config.cutover.rollback_window:
        return {}
    return {
        "direction": Param(
            "forward",
            type="string",
            enum=["forward", "back"],
            values_display={
                "forward": "forward: applications move from the source to the target",
                "back": "back: they return to the source, which has followed the target since",
            },
            title="Direction",
            description="Where the applications write afterwards.",
            section=_HOW,
        ),
    }


def sync_params() -> dict[str, Param]:
    """Fields of ``<name>.sync``; a scheduled run has none of them set."""
    return {
        "acknowledge_ddl": Param(
            "",
            type=["null", "string"],
            title="Acknowledge DDL",
            description="The position, as its message gives it, of the DDL that the sync paused in front of: "
            "the same change has been made on the target, or is not wanted there. The sync goes on behind it.",
            section="After a pause",
        ),
        "resync": Param(
            [],
            type=["null", "array"],
            items={"type": "string"},
            title="Resync",
            description="Tables (`schema.table`, one a line; `*` for all) to compare chunk by chunk, rewriting "
            "rows that differ, before changes are applied again: stopped tables, or all after a lost position.",
            section="After an incident",
        ),
    }


def _tables() -> Param:
    return Param(
        [],
        type=["null", "array"],
        items={"type": "string"},
        title="Tables",
        description="Only these, one `schema.table` a line. Empty: everything the migration file selects.",
        section=_WHAT,
    )


def _level(config: MigrationConfig) -> Param:
    return Param(
        str(config.verification.level),
        type="string",
        enum=[str(level) for level in VerificationLevel],
        values_display={str(level): label for level, label in _LEVEL_LABELS.items()},
        title="Verification level",
        description="How deep rows are compared. Objects and accounts are compared at every level.",
        section=_HOW,
    )
