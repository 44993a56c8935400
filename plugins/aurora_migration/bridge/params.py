"""The trigger form: what a person decides for one run. Every field has a default that works and does no harm.

Sections are folded when the form opens, so their names say what is inside. Text that people may mistype is checked
by the form and by the API before a run begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from airflow.sdk import Param

from aurora_migration.model.config import MigrationConfig, RepairMode, TargetTablePrepMode, VerificationLevel

_TABLE: Final = r"^[^.]+\..+$"  # schema.table
_TABLES: Final = "Which tables"
_LOAD: Final = "What happens on the target"
_VERIFICATION: Final = "Verification"
_PREP_LABELS: Final = {
    TargetTablePrepMode.DO_NOTHING: "do-nothing: create what is missing, refuse tables with foreign rows",
    TargetTablePrepMode.TRUNCATE: "truncate-before-load: empty the target tables first",
    TargetTablePrepMode.DROP_AND_CREATE: "drop-and-create: drop the target tables first",
}
_LEVEL_LABELS: Final = {
    VerificationLevel.ROW_COUNT: "row-count: count rows on both sides",
    VerificationLevel.CHECKSUM: "checksum: SHA-256 of every row on both sides",
}
_REPAIR_LABELS: Final = {
    RepairMode.NONE: "none: only tell",
    RepairMode.REVIEW: "review: keep the SQL that would repair them, by key",
    RepairMode.APPLY: "apply: rewrite just these rows from the source, compare again, record an incident",
}
_DIRECTION_LABELS: Final = {
    "forward": "forward: applications move from the source to the target",
    "back": "back: they return to the source, which has followed the target since",
}


def migrate_params(config: MigrationConfig) -> dict[str, Param]:
    """Fields of ``<name>.migrate``."""
    return {
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            description_md="Preflight and plan only: both servers are read, **nothing is written**. The findings "
            "and the plan are in the log of *preflight*. Do this first.",
            section="Trial",
        ),
        "tables": _only_tables("Only these are loaded and compared."),
        "target_table_prep_mode": _choice(
            _PREP_LABELS,
            TargetTablePrepMode.DO_NOTHING,
            "Target table prep mode",
            "What to do with selected tables that are on the target already. *do-nothing* goes on from what is "
            "recorded and never loads a table twice. The other two **delete rows of the target** in the "
            "chosen tables.",
            _LOAD,
        ),
        "verification_level": _level(config),
    }


def verify_params(config: MigrationConfig) -> dict[str, Param]:
    """Fields of ``<name>.verify``."""
    return {
        "tables": _only_tables("Only these are compared."),
        "verification_level": _level(config),
        "repair": _choice(
            _REPAIR_LABELS,
            RepairMode.NONE,
            "Repair",
            "What to do about rows that differ (level checksum). *apply* **writes to the target**; the source is "
            "only ever read.",
            _VERIFICATION,
        ),
    }


def cutover_params(config: MigrationConfig) -> dict[str, Param]:
    """Fields of ``<name>.cutover``; none where there is no way back."""
    if not config.cutover.rollback_window:
        return {}
    help_text = "Where the applications write afterwards."
    return {"direction": _choice(_DIRECTION_LABELS, "forward", "Direction", help_text, "Direction")}


def sync_params() -> dict[str, Param]:
    """Fields of ``<name>.sync``; a scheduled run has none of them set."""
    return {
        "acknowledge_ddl": Param(
            "",
            type=["null", "string"],
            title="Acknowledge DDL",
            description_md="The position, just as the message of the pause gives it. It says: the same change has "
            "been made on the target, or is not wanted there. The sync goes on **behind** it.",
            section="After a pause in front of DDL",
        ),
        "resync": Param(
            [],
            type=["null", "array"],
            items={"type": "string", "pattern": rf"^\*$|{_TABLE}"},
            title="Resync",
            description_md="Stopped tables, `schema.table`, one a line; `*` for all after a lost position. They "
            "are compared chunk by chunk and only rows that differ are rewritten; then their changes are applied "
            "again.",
            section="After an incident",
        ),
    }


def _only_tables(effect: str) -> Param:
    return Param(
        [],
        type=["null", "array"],
        items={"type": "string", "pattern": _TABLE},
        title="Tables",
        description_md=f"`schema.table` as on the source, one a line. {effect} Empty: all that the migration file "
        "selects.",
        section=_TABLES,
    )


def _level(config: MigrationConfig) -> Param:
    return _choice(
        _LEVEL_LABELS,
        config.verification.level,
        "Verification level",
        "How deep rows are compared. Only *checksum* proves that their values are equal.",
        _VERIFICATION,
    )


def _choice(labels: Mapping[Any, str], default: str, title: str, help_text: str, section: str) -> Param:
    """A drop-down list; labels say what each value does."""
    return Param(
        str(default),
        type="string",
        enum=[str(value) for value in labels],
        values_display={str(value): label for value, label in labels.items()},
        title=title,
        description_md=help_text,
        section=section,
    )
