"""One task's view of a run: its migration, options, endpoints, sessions and control schema."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

from aurora_migration.bridge import migration_files
from aurora_migration.bridge.endpoints import endpoint
from aurora_migration.engine.plan import build_part, build_plan
from aurora_migration.errors import ConfigurationError
from aurora_migration.model.config import MigrationConfig, RepairMode, TargetTablePrepMode, VerificationLevel
from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
from aurora_migration.store import runs
from aurora_migration.store.control import Control

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """A run of a migration as one task sees it."""

    config: MigrationConfig
    options: RunOptions
    run_id: str

    @classmethod
    def of(cls, migration: str, context: Mapping[str, Any]) -> Self:
        """Read the migration file and the run's params. Raises: ConfigurationError."""
        config = migration_files.read(migration)
        return cls(config, _options(config, context["params"]), str(context["run_id"]))

    @property
    def control(self) -> Control:
        return Control(self.config.control_schema, self.config.name)

    @cached_property
    def source(self) -> Endpoint:
        return endpoint("source", self.config.source.connection)

    @cached_property
    def target(self) -> Endpoint:
        return endpoint("target", self.config.target.connection)

    @contextlib.contextmanager
    def sessions(self, *, local_infile: bool = False, several: bool = False) -> Iterator[tuple[Session, Session]]:
        """A control session to each side; ``several`` and its risk: see `Session.open`."""
        with (
            Session.open(self.source, several=several) as source,
            Session.open(self.target, local_infile=local_infile, several=several) as target,
        ):
            yield source, target

    def plan(self, source: Session) -> MigrationPlan:
        """The plan, decided from the migration file, the run's options and the source's catalog."""
        return build_plan(self.config, self.options, source)

    def plan_of(self, source: Session, names: Iterable[TableName]) -> MigrationPlan:
        """The plan of some tables alone: a load unit of a thousand need not read of all twenty thousand."""
        return build_part(self.config, self.options, source, names)

    @contextlib.contextmanager
    def phase(self, target: Session, name: str) -> Iterator[dict[str, Any]]:
        """Record a phase: running, then its outcome with the summary that the block fills in."""
        summary: dict[str, Any] = {}
        runs.start_phase(target, self.control, self.run_id, name)
        try:
            yield summary
        except BaseException:
            with contextlib.suppress(Exception), Session.open(self.target) as fresh:
                runs.finish_phase(fresh, self.control, self.run_id, name, "failed", summary)
            raise
        runs.finish_phase(target, self.control, self.run_id, name, "success", summary)

    def options_json(self) -> dict[str, Any]:
        return {
            key: str(value) if key in {"prep_mode", "level", "repair"} else value
            for key, value in asdict(self.options).items()
        }


def _options(config: MigrationConfig, params: Mapping[str, Any]) -> RunOptions:
    known = {
        "tables",
        "target_table_prep_mode",
        "dry_run",
        "verification_level",
        "repair",
        "acknowledge_ddl",
        "resync",
        "direction",
    }
    unknown = sorted(set(params) - known)
    if unknown:
        raise ConfigurationError(
            f"unknown parameters: {', '.join(unknown)}",
            subject=f"migration {config.name}",
            remedy=f"known ones are {', '.join(sorted(known))}",
        )
    return RunOptions(
        tables=tuple(params.get("tables") or ()),
        prep_mode=TargetTablePrepMode(params.get("target_table_prep_mode", TargetTablePrepMode.DO_NOTHING)),
        dry_run=bool(params.get("dry_run", False)),
        repair=RepairMode(params.get("repair", RepairMode.NONE)),
        acknowledge_ddl=str(params.get("acknowledge_ddl") or "").strip(),
        direction=str(params.get("direction") or "forward"),
        resync=tuple(params.get("resync") or ()),
        level=VerificationLevel(params.get("verification_level") or config.verification.level),
    )
