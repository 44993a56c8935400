"""Which objects a plan brings along, and what they are called on the target.

Whole schemas bring their views (as far as the selection takes them), routines, events and the triggers of planned
tables; a selection of single tables brings the triggers of these. What is on the target beside that counts as
extra only where the selection would have taken it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aurora_migration.model.names import TableName
from aurora_migration.model.plan import MigrationPlan, PlannedTable
from aurora_migration.model.program import Program, ProgramKind, Trigger, View
from aurora_migration.mysql import programs
from aurora_migration.mysql.session import Session


@dataclass(frozen=True, slots=True)
class ObjectScope:
    """Answers questions of names over one plan."""

    plan: MigrationPlan

    def tables(self, schema: str) -> list[PlannedTable]:
        """The planned tables of a source schema."""
        return [p for p in self.plan.tables if p.mapping.source.schema == schema]

    def renamed_names(self) -> frozenset[tuple[str, str]]:
        """Pairs of unquoted names that the migration changes, old and new."""
        pairs = {(schema, self.plan.config.target_schema(schema)) for schema in self.plan.schemas}
        for planned in self.plan.tables:
            one, other = planned.mapping.source, planned.mapping.target
            pairs |= {(one.schema, other.schema), (one.name, other.name)}
        for old, new in self.plan.config.renames.tables.items():
            pairs |= set(zip(old.split(".", 1), new.split(".", 1), strict=True))
        return frozenset(pair for pair in pairs if pair[0] != pair[1])

    def whole_targets(self) -> list[str]:
        """The target schemas of whole source schemas."""
        return sorted({self.plan.config.target_schema(schema) for schema in self.plan.whole_schemas})

    def selected_on_target(self, name: TableName) -> bool:
        """Whether the selection would have brought a table or view to this name."""
        sources = (s for s in self.plan.whole_schemas if self.plan.config.target_schema(s) == name.schema)
        return any(self.plan.config.selects(TableName(source, name.name)) for source in sources)

    def expected(self, source: Session) -> dict[str, Program]:
        """The source's programs that come along, by the label they should have on the target."""
        found: dict[str, Program] = {}
        for schema in self.plan.schemas:
            for program in self._read(source, schema, whole=schema in self.plan.whole_schemas):
                label = self._label(program)
                if label is not None:
                    found[label] = program
        return found

    def present(self, target: Session, expected: Iterable[str]) -> dict[str, Program]:
        """The target's programs that should be there, and those beside them that count as extra."""
        wanted = set(expected)
        tables = {p.target for p in self.plan.tables}
        whole = set(self.whole_targets())
        schemas = whole | {name.schema for name in tables} | self._view_schemas()
        found = {}
        for schema in sorted(schemas):
            for program in self._read(target, schema, whole=schema in whole | self._view_schemas()):
                if program.label in wanted or self._is_extra(program, tables, whole):
                    found[program.label] = program
        return found

    def _read(self, session: Session, schema: str, *, whole: bool) -> tuple[Program, ...]:
        return programs.programs(session, schema).all if whole else programs.triggers(session, schema)

    def _label(self, program: Program) -> str | None:
        config, kind = self.plan.config, program.kind.lower()
        if isinstance(program, View):
            return f"{kind} {config.target_name(program.name)}" if config.selects(program.name) else None
        if isinstance(program, Trigger):
            table = self.plan.target_of(program.table)
            return None if table is None else f"{kind} {table.schema}.{program.name.name}"
        return f"{kind} {config.target_schema(program.name.schema)}.{program.name.name}"

    def _is_extra(self, program: Program, tables: set[TableName], whole: set[str]) -> bool:
        if isinstance(program, Trigger):
            return program.table in tables
        if program.name.schema not in whole:
            return False
        return program.kind is not ProgramKind.VIEW or self.selected_on_target(program.name)

    def _view_schemas(self) -> set[str]:
        """Target schemas that a rename of a single view leads to."""
        return {new.split(".", 1)[0] for new in self.plan.config.renames.tables.values()}
