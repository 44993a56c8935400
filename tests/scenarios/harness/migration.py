"""A whole migration in this process, phase by phase as the operators run it, with sessions of its own for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aurora_migration.engine.accounts import apply_accounts, plan_accounts, read_accounts, target_capability
from aurora_migration.engine.fullload.loading import LoadContext, load_range
from aurora_migration.engine.fullload.planning import group_units, table_ranges
from aurora_migration.engine.plan import build_plan, fingerprint
from aurora_migration.engine.preflight.run import run_preflight
from aurora_migration.engine.schema import complete_tables, create_programs, create_tables
from aurora_migration.engine.verify.objects import compare_objects
from aurora_migration.engine.verify.rows import VerifyContext, verify_range
from aurora_migration.model.config import LoadConfig, MigrationConfig
from aurora_migration.model.finding import Finding, Severity
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.model.report import Difference, Verdict
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql.reader import RowReader
from aurora_migration.mysql.session import Session
from aurora_migration.mysql.writer import local_infile_allowed, prepare
from aurora_migration.sql.row_text import RowStyle
from aurora_migration.store import load
from aurora_migration.store.chunks import chunks
from aurora_migration.store.control import Control
from local.servers import Pair
from tests.fresh_databases import endpoint
from tests.loads import SmallChunks
from tests.scenarios.harness.case import Case
from tests.scenarios.harness.databases import OWNER, has_owner

RUN = "scenario"
CHUNK_BYTES = 8 << 10  # far smaller than a migration file allows, so that small tables have several chunks
RANGE_BYTES = 48 << 10


@dataclass(slots=True)
class Outcome:
    """Everything that a migration said."""

    findings: list[Finding] = field(default_factory=list)
    rules: list[AppliedRule] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    row_differences: list[Difference] = field(default_factory=list)
    objects: list[Difference] = field(default_factory=list)
    plan: MigrationPlan | None = None

    @property
    def blockers(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity is Severity.BLOCKER]


def config_of(case: Case, databases: tuple[str, ...], changes: Mapping[str, Any] | None = None) -> MigrationConfig:
    """The migration of a case: its own keys, and ``changes``, over defaults that take all its databases."""
    settings: dict[str, Any] = {
        "name": f"s_{case.name.lower()}"[:48],
        "source": {"connection": "source"},
        "target": {"connection": "target"},
        "selection": [{"include": f"{_literal(name)}.*"} for name in databases],
        "accounts": {"include": [f"{OWNER}@%"]},
    }
    return MigrationConfig.model_validate(settings | case.migration | dict(changes or {}))


def migrate(config: MigrationConfig, pair: Pair, options: RunOptions | None = None) -> Outcome:
    """Run every phase; stops after preflight if that finds blockers."""
    return _Migration(config, pair, options or RunOptions()).run()


class _Migration:
    def __init__(self, config: MigrationConfig, pair: Pair, options: RunOptions) -> None:
        self.config = config
        self.pair = pair
        self.options = options
        self.source = endpoint("source", pair.source_login)
        self.target = endpoint("target", pair.target_login)
        self.control = Control(config.control_schema, config.name)
        self.outcome = Outcome()

    def run(self) -> Outcome:
        self._preflight()
        if not self.outcome.blockers:
            self._first_wave()
            self._plan_load()
            self._load()
            self._second_wave()
            self._programs()
            self._accounts()
            self._verify()
        return self.outcome

    def _plan(self, source: Session) -> MigrationPlan:
        return build_plan(self.config, self.options, source)

    def _preflight(self) -> None:
        result = run_preflight(self.source, self.target, self.options, self._plan, self._already_loaded)
        self.outcome.findings += result.findings
        self.outcome.plan = result.plan

    def _already_loaded(self, target: Session) -> frozenset[str]:
        if not self.control.exists(target):
            return frozenset()
        return frozenset(str(s.mapping.target) for s in load.tables(target, self.control) if s.started)

    def _first_wave(self) -> None:
        with Session.open(self.source) as source, Session.open(self.target) as target:
            if not self.control.exists(target):
                self.control.ensure(target)
            self.outcome.rules += create_tables(
                self._plan(source),
                self.options,
                source,
                target,
                lambda mappings: load.forget_chunks(target, self.control, *(one.source for one in mappings)),
            )

    def _plan_load(self) -> None:
        with Session.open(self.source) as source, Session.open(self.target) as target:
            states = {s.mapping.source: s for s in load.tables(target, self.control) if s.started}
            kept = load.ranges(target, self.control)
            ranges = []
            for planned in self._plan(source).tables:
                table = planned.table
                if table.name in states:
                    ranges += [part for part in kept if part.table == table.name]
                    continue
                load.save_table(target, self.control, RUN, planned.mapping, fingerprint(planned), 0, 0)
                ranges += table_ranges(source, table, RANGE_BYTES)
            load.save_units(target, self.control, group_units(ranges, self.config.load))

    def _load(self) -> None:
        limits = SmallChunks(small_bytes=CHUNK_BYTES, **LoadConfig().model_dump())
        with (
            Session.open(self.source) as source,
            Session.open(self.target, local_infile=True) as target,
            RowReader(self.source) as reader,
        ):
            allowed = self.config.load.method != "insert" and local_infile_allowed(target)
            style = RowStyle.LOAD_DATA if allowed else RowStyle.INSERT
            plan = self._plan(source)
            prepare(target)
            context = LoadContext(source, reader, target, self.control, RUN, style, limits, lambda _: None)
            for part in load.ranges(target, self.control):
                load_range(context, plan.table(part.table), part)

    def _second_wave(self) -> None:
        with Session.open(self.source) as source, Session.open(self.target) as target:
            self.outcome.rules += complete_tables(self._plan(source), source, target, lambda _: None)

    def _programs(self) -> None:
        with Session.open(self.source) as source, Session.open(self.target) as target:
            result = create_programs(self._plan(source), source, target)
            self.outcome.rules += result.rules
            self.outcome.findings += result.findings

    def _accounts(self) -> None:
        """The owner alone, and once a session: its grants are on everything."""
        if self.config.accounts.mode != "migrate" or has_owner(self.pair.target):
            return
        with Session.open(self.source) as source, Session.open(self.target) as target:
            here, there, able = read_accounts(source), read_accounts(target), target_capability(target)
            plan = plan_accounts(here, there, able, self._plan(source), self.config.accounts)
            apply_accounts(plan, target)

    def _verify(self) -> None:
        with Session.open(self.source) as source, Session.open(self.target) as target:
            plan = self._plan(source)
            context = VerifyContext(source, target, self.options.level, lambda _: None)
            for part in load.ranges(target, self.control):
                recorded = chunks(target, self.control, part)
                found = verify_range(context, plan.table(part.table), part, recorded)
                known = self.outcome.verdicts.get(found.source, Verdict.EQUAL)
                worse = known is Verdict.EQUAL or found.verdict is Verdict.DIFFERS
                self.outcome.verdicts[found.source] = found.verdict if worse else known
                self.outcome.row_differences += found.differences
            self.outcome.objects += compare_objects(plan, source, target)


def _literal(name: str) -> str:
    """A name as a selection pattern that matches nothing else."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
