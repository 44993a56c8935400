"""Creates views so that each finds what it reads, before the accounts that define them exist.

CREATE VIEW opens the views and functions it names as *their* definer, who on a new target does not exist yet or
has no grants (errors 1449 and 1045). So a view that others read is first made with SQL SECURITY INVOKER, in the
order of dependence, and gets its true text in the opposite order, when nobody has to open it any more. Functions
are lent INVOKER for the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from aurora_migration.engine.schema.creator import ProgramCreator
from aurora_migration.model.config import DefinersConfig
from aurora_migration.model.finding import Finding, warning
from aurora_migration.model.names import TableName
from aurora_migration.model.program import View
from aurora_migration.mysql.ddl import view_tables
from aurora_migration.sql.ddl.names import NameMap
from aurora_migration.sql.ddl.program import TargetProgram, rewrite_program
from aurora_migration.sql.library import statement
from aurora_migration.sql.quoting import qualified, raw

_GRANT_EXECUTE = "GRANT EXECUTE ON *.* to the source connection's account, and run again"
_INVOKER = DefinersConfig(policy="invoker")


def create_views(
    views: Sequence[View],
    functions: Iterable[TargetProgram],
    names: NameMap,
    definers: DefinersConfig,
    creator: ProgramCreator,
) -> None:
    """Create the views that are missing or differ; ``functions`` are on the target and may be lent INVOKER."""
    sound = {view.name: view for view in views if not view.broken and not view.hidden}
    creator.findings += [_broken(view, names) for view in views if view.broken]
    creator.findings += [_hidden(view, names) for view in views if view.hidden]
    targets = {p.source.name: p for p in creator.rewritten(sound.values(), names, definers)}
    order = _order(sound)
    needed = _needed(order, sound, {name for name in targets if not creator.is_there(targets[name])})
    called = {routine for name in needed for routine in sound[name].routines}
    lent = [f for f in functions if f.security == "DEFINER" and f.source.name in called]
    for function in lent:
        _set_security(function, "INVOKER", creator)
    read = {used for name in needed for used in sound[name].tables}
    provisional = []
    for program in (targets[name] for name in order if name in needed and name in targets):
        text = program.create
        if program.source.name in read and program.security == "DEFINER":
            text = rewrite_program(program.source, names, _INVOKER).create
        if creator.create(program, text) and text != program.create:
            provisional.append(program)
    for program in reversed(provisional):
        creator.create(program, program.create)
    for function in lent:
        _set_security(function, "DEFINER", creator)
    if not names.unchanged:
        creator.findings += _astray(targets.values(), names, creator)


def _order(views: Mapping[TableName, View]) -> list[TableName]:
    """Every view after those it reads."""
    graph = {name: [used for used in view.tables if used in views] for name, view in sorted(views.items())}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError:  # MySQL refuses such views; then any order is as good as another
        return sorted(views)


def _needed(
    order: Sequence[TableName], views: Mapping[TableName, View], different: set[TableName]
) -> set[TableName]:
    """The different views and all that they read, since those have to be opened as INVOKER."""
    needed = set(different)
    for name in reversed(order):
        if name in needed:
            needed |= {used for used in views[name].tables if used in views}
    return needed


def _set_security(function: TargetProgram, security: str, creator: ProgramCreator) -> None:
    name = qualified(function.name)
    sql = statement("schema/alter_function_security", name=name, security=raw(security))
    creator.target.execute(sql)


def _broken(view: View, names: NameMap) -> Finding:
    return warning(
        "broken-view",
        f"view {names.table(view.name)}",
        f"is broken on the source, so it is not created: {view.broken}",
        "repair it on the source, or drop it there",
    )


def _hidden(view: View, names: NameMap) -> Finding:
    return warning(
        "hidden-view",
        f"view {names.table(view.name)}",
        f"works on the source, but its text is not shown, so it is not created: {view.hidden}",
        _GRANT_EXECUTE,
    )


def _astray(programs: Iterable[TargetProgram], names: NameMap, creator: ProgramCreator) -> list[Finding]:
    """The server's own list of what each renamed view reads has the last word on its text."""
    findings = []
    usage: dict[str, dict[str, set[TableName]]] = {}
    for program in programs:
        schema, view = program.name.schema, program.source
        if schema not in usage:
            usage[schema] = view_tables(creator.target, schema)
        reads = usage[schema].get(program.name.name)
        if reads is None or not isinstance(view, View):
            continue  # not created, which has its own finding
        expected = {names.table(used) for used in view.tables}
        if reads != expected:
            strange = ", ".join(str(name) for name in sorted(reads ^ expected))
            remedy = "compare its text with the source's and correct it on the target"
            findings.append(warning("view-reads-other-tables", program.label, f"differs in {strange}", remedy))
    return findings
