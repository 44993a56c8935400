"""The part of a migration file that says how applications move from the source to the target."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aurora_migration.model.config_accounts import AccountPattern
from aurora_migration.model.config_part import ConfigPart

WriteBlockPolicy = Literal["lock-accounts", "read-only", "external"]
CutoverVerification = Literal["row-count", "changed", "checksum"]


class CutoverConfig(ConfigPart):
    """What ``<name>.cutover`` asks for, does and compares."""

    write_block: Annotated[
        WriteBlockPolicy,
        Field(
            description="how writes on the source end. lock-accounts: lock the application accounts and end "
            "their sessions; read-only: super_read_only, or read_only where that is not allowed; external: who "
            "approves has stopped the application"
        ),
    ] = "lock-accounts"
    connection: Annotated[
        str | None,
        Field(description="Airflow connection id of an account that may block the source's writes; null: its own"),
    ] = None
    accounts: Annotated[
        list[AccountPattern],
        Field(description="user@host patterns of the applications' accounts; reserved and own ones never are"),
    ] = Field(default_factory=lambda: ["*"])
    probe_connection: Annotated[
        str | None,
        Field(description="Airflow connection id of an ordinary account whose write is to be refused; null: none"),
    ] = None
    approval: Annotated[
        Literal["required", "none"], Field(description="whether a person has to approve, with the facts in view")
    ] = "required"
    approval_minutes: Annotated[int, Field(ge=1, le=10_080, description="no answer in this time means no")] = 60
    max_lag_seconds: Annotated[
        int, Field(ge=0, le=86_400, description="a target that is further behind is not ready")
    ] = 60
    max_verification_hours: Annotated[
        int, Field(ge=1, le=8_760, description="a last green verification that is older is not enough")
    ] = 24
    verification: Annotated[
        CutoverVerification,
        Field(
            description="rows compared while writes are blocked. row-count: counts; changed: also SHA-256 of the "
            "tables that changed since they were last verified; checksum: SHA-256 of all"
        ),
    ] = "changed"
    rollback_window: Annotated[
        bool,
        Field(description="after the cutover the old source follows the target: the way back then loses nothing"),
    ] = False

    @model_validator(mode="after")
    def _a_way_back_needs_a_source_that_takes_writes(self) -> Self:
        if self.rollback_window and self.write_block == "read-only":
            raise ValueError("rollback_window writes to the old source: use write_block lock-accounts or external")
        return self
