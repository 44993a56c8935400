"""Creates one program at a time on the target: only if it is not there as it should be, and in its own context.

A program that the target refuses is a finding and not the end of the phase, so that one person sees everything
that is wrong at once; verification counts it as missing. Connection losses go up, since a retry helps.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from aurora_migration.errors import ConfigurationError, FatalError, MigrationError, UnsupportedTableError
from aurora_migration.model.config import DefinersConfig
from aurora_migration.model.finding import Finding, warning
from aurora_migration.model.program import Event, Program, ProgramKind
from aurora_migration.model.rule import AppliedRule
from aurora_migration.mysql import ddl, programs
from aurora_migration.mysql.session import SQL_MODE, Session
from aurora_migration.sql.ddl.database import of_collation
from aurora_migration.sql.ddl.names import NameMap
from aurora_migration.sql.ddl.program import TargetProgram, own_text, rewrite_program
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import identifier, qualified, raw, trusted

log = logging.getLogger(__name__)

_READERS: Final[dict[ProgramKind, Callable[[Session, str], tuple[Program, ...]]]] = {
    ProgramKind.VIEW: programs.views,
    ProgramKind.PROCEDURE: programs.routines,
    ProgramKind.FUNCTION: programs.routines,
    ProgramKind.TRIGGER: programs.triggers,
    ProgramKind.EVENT: programs.events,
}
_REMEDY: Final = "correct it on the source or leave it out, or create it on the target by hand"
# a word of the server's refusal → what helps
_REMEDIES: Final = {
    "SYSTEM_USER": "its definer holds SYSTEM_USER on the target, so name another one by definers.map",
    "log_bin_trust_function_creators": "set log_bin_trust_function_creators to 1 in the cluster's parameter group",
}
_DROPPED_AT_ONCE: Final = 1588  # ER_EVENT_CANNOT_CREATE_IN_THE_PAST, as a note


class ProgramCreator:
    """Collects the rules and findings of one phase; not shared between threads."""

    def __init__(self, target: Session) -> None:
        self.target = target
        self.rules: list[AppliedRule] = []
        self.findings: list[Finding] = []
        self._there: dict[tuple[str, ProgramKind], dict[str, Program]] = {}

    def rewritten(
        self, sources: Iterable[Program], names: NameMap, definers: DefinersConfig
    ) -> list[TargetProgram]:
        """The programs as the target is to have them; notes what was changed on the way."""
        found: list[TargetProgram] = []
        for source in sources:
            try:
                program = rewrite_program(source, names, definers)
            except UnsupportedTableError as refusal:
                self.findings.append(warning("program-not-created", source.label, refusal.message, _REMEDY))
                continue
            self.rules += program.rules
            self.findings += program.findings
            found.append(program)
        return found

    def found(self, program: TargetProgram) -> Program | None:
        """What the target had of that name when it was first asked for this kind in this schema."""
        key = (program.name.schema, program.source.kind)
        if key not in self._there:
            there = _READERS[program.source.kind](self.target, program.name.schema)
            self._there[key] = {other.label: other for other in there}
        return self._there[key].get(program.label)

    def is_there(self, program: TargetProgram) -> bool:
        """Whether the target has the program, in text and context."""
        other = self.found(program)
        if other is None or _context_facts(other) != _context_facts(program.source):
            return False
        try:
            return own_text(other) == program.create
        except UnsupportedTableError:
            return False

    def ensure(self, program: TargetProgram) -> bool:
        """Create the program unless it is there; tell whether it is there now."""
        return self.is_there(program) or self.create(program, program.create)

    def create(self, program: TargetProgram, text: str) -> bool:
        """Create (again) with this text; a refusal becomes a finding."""
        try:
            if program.source.kind is ProgramKind.VIEW:
                text = text.replace("CREATE ", "CREATE OR REPLACE ", 1)
            else:
                self.drop(program)
            with self._database_collation(program):
                notes = ddl.create_program(self.target, trusted(text), _context(program), program.label)
        except (FatalError, ConfigurationError) as refusal:
            self.refuse(program, refusal)
            return False
        if _DROPPED_AT_ONCE in notes:
            self.refuse(program, FatalError("its time has passed, so the target dropped it at once"))
            return False
        log.info("program created name=%s", program.label)
        return True

    def drop(self, program: TargetProgram) -> None:
        kind = raw(program.source.kind.value)
        self.target.execute(statement("schema/drop_program", kind=kind, name=qualified(program.name)))

    def refuse(self, program: TargetProgram, refusal: MigrationError) -> None:
        named = (remedy for word, remedy in _REMEDIES.items() if word in refusal.message)
        remedy = next(named, refusal.remedy or _REMEDY)
        self.findings.append(warning("program-not-created", program.label, refusal.message, remedy))

    @contextlib.contextmanager
    def _database_collation(self, program: TargetProgram) -> Iterator[None]:
        """A program remembers its schema's default collation of that moment: give it the one it had."""
        wanted, schema = program.source.database_collation, program.name.schema
        default = ddl.default_collation(self.target, schema) if wanted else None
        if default is None or _modern(default) == _modern(wanted):
            yield
            return
        self._set_default(schema, wanted)
        try:
            yield
        finally:
            self._set_default(schema, default)

    def _set_default(self, schema: str, collation: str) -> None:
        defaults = of_collation(collation)
        self.target.execute(statement("schema/alter_database", schema=identifier(schema), defaults=defaults))


def _context(target: TargetProgram) -> ddl.CreationContext:
    program = target.source
    moment = (program.execute_at or program.ends) if isinstance(program, Event) else None
    return ddl.CreationContext(
        schema=target.name.schema,
        sql_mode=SQL_MODE if program.kind is ProgramKind.VIEW else program.sql_mode,
        character_set_client=program.character_set_client,
        collation_connection=program.collation_connection,
        time_zone=program.time_zone if isinstance(program, Event) else None,
        moment=str(moment) if moment is not None else None,
    )


def _context_facts(program: Program) -> tuple[str, ...]:
    names = (program.character_set_client, program.collation_connection, program.database_collation)
    zone = program.time_zone if isinstance(program, Event) else ""
    return (program.sql_mode, zone, *map(_modern, names))


def _modern(name: str) -> str:
    """8.0 writes utf8 where later servers write utf8mb3."""
    return f"utf8mb3{name[4:]}" if name == "utf8" or name.startswith("utf8_") else name
