"""The text of a view, routine, trigger or event as the target is to have it.

Starts from what the source's server wrote. The header's names, definer and comment are written anew from the
catalog, because the server writes them wrongly under some character sets and sql_modes; all else stays, apart
from named rules: ``definer``, ``event-disabled`` and ``rename``. Where names cannot be carried over safely the
text keeps them and a finding says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aurora_migration.errors import UnsupportedTableError
from aurora_migration.model.config import DefinersConfig
from aurora_migration.model.finding import Finding, warning
from aurora_migration.model.names import TableName
from aurora_migration.model.program import Event, Program, ProgramKind, Routine, Trigger, View
from aurora_migration.model.rule import AppliedRule
from aurora_migration.sql.ddl.edits import Edit, apply
from aurora_migration.sql.ddl.header import Header, read_header
from aurora_migration.sql.ddl.lexer import Token, tokens
from aurora_migration.sql.ddl.names import UNCHANGED, NameMap
from aurora_migration.sql.ddl.references import names_in_strings, references
from aurora_migration.sql.quoting import account, identifier, qualified

_KEEP: Final = DefinersConfig()


@dataclass(frozen=True, slots=True)
class TargetProgram:
    """What to create: all but ``source`` is the target's."""

    source: Program
    name: TableName
    create: str
    security: str
    rules: tuple[AppliedRule, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.source.kind.lower()} {self.name}"


def rewrite_program(program: Program, names: NameMap, definers: DefinersConfig) -> TargetProgram:
    """The program for the target. Raises: UnsupportedTableError if its text has an unknown shape."""
    return _Rewriting(program, names, definers).result()


def own_text(program: Program) -> str:
    """A program's text with its header written anew: equal texts mean equal programs."""
    return _Rewriting(program, UNCHANGED, _KEEP, disable_events=False).result().create


class _Rewriting:
    """One program on its way."""

    def __init__(
        self, program: Program, names: NameMap, definers: DefinersConfig, *, disable_events: bool = True
    ) -> None:
        self.program = program
        self.names = names
        self.definers = definers
        self.disable_events = disable_events
        self.name = _target_name(program, names)
        self.security = program.security
        self.edits: list[Edit] = []
        self.rules: list[AppliedRule] = []
        self.findings: list[Finding] = []

    def result(self) -> TargetProgram:
        program = self.program
        cut = tokens(program.create, program.sql_mode if program.kind is not ProgramKind.VIEW else "")
        header = read_header(program.kind, cut)
        if header is None:
            raise UnsupportedTableError("cannot read the server's SHOW CREATE text", subject=program.label)
        self._definer(cut, header)
        self._security(header)
        self._names(cut, header)
        self._comment(cut, header)
        self._state(cut, header)
        create = apply(program.create, self.edits)
        rules, findings = tuple(self.rules), tuple(self.findings)
        return TargetProgram(program, self.name, create, self.security, rules, findings)

    def _record(self, rule: str, detail: str) -> None:
        self.rules.append(AppliedRule(rule, f"{self.program.kind.lower()} {self.name}", detail))

    def _definer(self, cut: Sequence[Token], header: Header) -> None:
        old = self.program.definer
        new = self.definers.map.get(old, old) if self.definers.policy == "map" else old
        if new != old:
            self._record("definer", f"{old} → {new}")
        if header.definer is not None:
            user, _, host = new.rpartition("@")
            first, last = header.definer
            self.edits.append(Edit(cut[first].start, cut[last].end, _account(user, host)))

    def _security(self, header: Header) -> None:
        """Triggers and events always run as their definer; only views and routines know SQL SECURITY."""
        program = self.program
        if self.definers.policy != "invoker" or program.security != "DEFINER":
            return
        if isinstance(program, View | Routine) and header.security is not None:
            start, end, text = header.security
            self.edits.append(Edit(start, end, text))
            self.security = "INVOKER"
            self._record("definer", "SQL SECURITY DEFINER → INVOKER")

    def _names(self, cut: Sequence[Token], header: Header) -> None:
        program = self.program
        self._put(cut, header.name, self.name)
        if isinstance(program, Trigger) and header.table is not None:
            self._put(cut, header.table, self.names.table(program.table))
        if self.name != program.name:
            self._record("rename", f"{program.name} → {self.name}")
        if self.names.unchanged:
            return
        body = cut[header.body :]
        home = None if isinstance(program, View) else program.name.schema
        found = references(body, home, self.names)
        if isinstance(program, Trigger) and self.name.schema != self.names.schema(program.name.schema):
            found.doubts.append(f"the table moves to schema {self.name.schema}, unqualified names would follow it")
        if found.doubts:
            self.findings.append(_not_rewritten(program, "; ".join(dict.fromkeys(found.doubts))))
        elif found.edits:
            self.edits += found.edits
            self._record("rename", f"{len(found.edits)} names in the text")
        if any(token.word("PREPARE", "JAVASCRIPT") for token in cut):
            hidden = names_in_strings(body, self.names)
            if hidden:
                self.findings.append(_not_rewritten(program, f"names inside strings: {', '.join(hidden)}"))

    def _put(self, cut: Sequence[Token], place: tuple[int, int], name: TableName) -> None:
        first, last = place
        self.edits.append(Edit(cut[first].start, cut[last].end, qualified(name).plain))

    def _comment(self, cut: Sequence[Token], header: Header) -> None:
        """SHOW CREATE escapes comments with backslashes even where NO_BACKSLASH_ESCAPES says they are none."""
        program = self.program
        if header.comment is None or not isinstance(program, Routine | Event):
            return
        token = cut[header.comment]
        if token.value != program.comment:
            plain = program.comment.replace("'", "''")
            if "NO_BACKSLASH_ESCAPES" not in program.sql_mode.split(","):
                plain = plain.replace("\\", "\\\\")
            self.edits.append(Edit(token.start, token.end, f"'{plain}'"))

    def _state(self, cut: Sequence[Token], header: Header) -> None:
        program = self.program
        if not isinstance(program, Event) or header.state is None:
            return
        if header.not_preserved is not None and "HIGH_NOT_PRECEDENCE" in program.sql_mode.split(","):
            # Under this mode the server cannot read NOT PRESERVE, which it writes but which goes without saying.
            first, last = header.not_preserved
            self.edits.append(Edit(cut[first].start, cut[last].end + 1, ""))
        first, last = header.state
        if program.status != "DISABLED" and self.disable_events:
            self.edits.append(Edit(cut[first].start, cut[last].end, "DISABLE"))
            self._record("event-disabled", f"{program.status} on the source; enabled again at cutover")


def _target_name(program: Program, names: NameMap) -> TableName:
    if isinstance(program, View):
        return names.table(program.name)
    if isinstance(program, Trigger):
        return TableName(names.table(program.table).schema, program.name.name)
    return names.program(program.name)


def _account(user: str, host: str) -> str:
    if not user or not host:
        return account(user, host).plain
    return f"{identifier(user).plain}@{identifier(host).plain}"


def _not_rewritten(program: Program, why: str) -> Finding:
    return warning(
        "name-not-rewritten",
        program.label,
        f"the text keeps the source's names: {why}",
        "change the names on the target by hand, or give up the rename for this migration",
    )
