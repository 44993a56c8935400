"""Routines, views, triggers and events arrive with their text and the context they run in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aurora_migration.model.program import Event, Program
from aurora_migration.mysql import programs
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw
from local.script import statements
from tests.fresh_databases import Databases
from tests.integration.schema.migration import executed, migration, rows

pytestmark = pytest.mark.servers

Make = Callable[..., Databases]
TEXT = Path(__file__).with_name("programs.sql").read_text(encoding="utf-8")
LONG = TEXT.replace("'LONG'", "'" + "long, and quoted '' twice; " * 4000 + "'")
PROGRAMS = tuple(statements(LONG))


def described(session: Session, schema: str) -> dict[str, Program]:
    session.execute(raw("USE information_schema"))  # SHOW CREATE VIEW leaves the current schema's name out
    return {program.label: program for program in programs.programs(session, schema).all}


def grant_all_to_definers(made: Databases) -> None:
    for session in (made.source_root, made.target_root):
        for account in ("app@localhost", "`ow``ner`@`10.%`"):
            session.execute(raw(f"CREATE USER IF NOT EXISTS {account} ACCOUNT LOCK"))
            session.execute(raw(f"GRANT ALL ON {made.name}.* TO {account}"))


def drop_definers(made: Databases) -> None:
    for session in (made.source_root, made.target_root):
        session.execute(raw("DROP USER IF EXISTS app@localhost, `ow``ner`@`10.%`"))


@pytest.fixture
def made(databases: Make) -> Databases:
    made = databases()
    made.source_root.execute(raw("CREATE USER app@localhost, `ow``ner`@`10.%` ACCOUNT LOCK"))
    made.source_root.execute(raw(f"GRANT ALL ON {made.name}.* TO app@localhost, `ow``ner`@`10.%`"))
    # A view over a view over a function, with JSON_TABLE, is shown to those who may call the function only.
    made.source_root.execute(raw(f"GRANT EXECUTE ON {made.name}.* TO migrator"))
    made.on_source(*PROGRAMS)
    made.on_source("SET SESSION time_zone = '+00:00'")
    return made


def test_programs_arrive_before_their_definers_do(made: Databases) -> None:
    try:
        run = migration(made)
        result = run.all()
        print(*result.findings, sep="\n")
        drop_first = {finding.subject: finding for finding in result.findings}
        assert set(drop_first) == {f"view {made.name}.broken", f"view {made.name}.on_broken"}
        assert {finding.code for finding in result.findings} == {"broken-view"}
        grant_all_to_definers(made)
        compare(made)
        states = {state.name: state.status for state in result.event_states}
        assert states["in_zone"] == states["ansi event"] == "ENABLED"
        assert states["switched_off"] == states["over_but_kept"] == states["ended"] == "DISABLED"
        assert states["for_replicas"] == "REPLICA_SIDE_DISABLED"
        disabled = {rule.subject for rule in result.rules if rule.rule == "event-disabled"}
        assert disabled == {f"event {made.name}.{name}" for name in ("in_zone", "ansi event", "for_replicas")}
        assert {rule.rule for rule in result.rules} == {"event-disabled"}
        before = executed(made.target_root)
        assert run.programs() == result
        assert executed(made.target_root) == before, "a second run writes nothing"
        assert behaviour(made, made.target_root) == behaviour(made, made.source_root)
    finally:
        drop_definers(made)


def compare(made: Databases) -> None:
    """Every fact and the whole text, apart from what the broken views and the states of events make differ."""
    ours, theirs = described(made.source_root, made.name), described(made.target_root, made.name)
    for name in ("broken", "on_broken"):
        del ours[f"view {made.name}.{name}"]
    assert list(theirs) == list(ours)
    for label, program in ours.items():
        other = theirs[label]
        facts = {field: getattr(program, field) for field in type(program).__dataclass_fields__}
        found = {field: getattr(other, field) for field in facts}
        if isinstance(program, Event):
            assert found.pop("status") == "DISABLED"
            facts.pop("status")
            states = (" ENABLE ", " DISABLE ON REPLICA ")
            for state in states:
                facts["create"] = facts["create"].replace(state, " DISABLE ")
        assert found == facts, label


def behaviour(made: Databases, session: Session) -> list[object]:
    """What the programs do."""
    session.execute(raw(f"USE {made.name}"))
    session.execute(raw("TRUNCATE item"))
    session.execute(raw("INSERT INTO item (name, price, doc, l) VALUES ('s%', 10, '[{\"k\": 7}]', 'é')"))
    session.execute(raw("UPDATE item SET name = 'xs%'"))
    session.execute(raw('CALL `odd ``name"%s{x}.`(1, @o, @io)'))
    return [
        rows(session, "SELECT id, name, price FROM item"),
        rows(session, "SELECT @last, @o"),
        rows(session, "SELECT what FROM log"),
        rows(session, "SELECT * FROM v_base"),
        rows(session, "SELECT n, t, s, c, HEX(raw_byte), k FROM a_deepest ORDER BY n"),
        rows(session, "SELECT vat(10)"),
    ]
