"""A migrated database whose changes are followed, an application account on both sides, and cutovers of it.

Airflow's connections are environment variables, so that the bridge's own code opens every session.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pymysql

from aurora_migration.bridge import cutover_readiness, cutting_over, following, moving_writes
from aurora_migration.bridge.run import Run
from aurora_migration.errors import MigrationError, RetryableError
from aurora_migration.model.cutover import Cutover, CutoverState
from aurora_migration.model.plan import RunOptions
from aurora_migration.sql.quoting import raw
from aurora_migration.store import cutovers
from local.login import Login
from local.oracle import compare_databases
from local.servers import Pair
from tests.fresh_databases import Databases
from tests.integration.bridge import phases

STEPS: dict[str, Callable[[Run], Any]] = {
    "readiness": cutover_readiness.check,
    "block": lambda run: cutting_over.block(run, "tester"),
    "drain": cutting_over.drain_and_verify,
    "hand_over": cutting_over.hand_over,
    "move": lambda run: moving_writes.move_writes(run, "tester"),
    "release": cutting_over.release,
}
AS_THE_GRAPH = ("readiness", "move", "release")
TRIES = 3
TABLES = (
    "CREATE TABLE marks (id BIGINT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(40))",
    "INSERT INTO marks (word) VALUES ('one'), ('two'), ('three')",
    "CREATE TABLE audit (id BIGINT AUTO_INCREMENT PRIMARY KEY, mark BIGINT)",
    "CREATE TRIGGER noted AFTER INSERT ON marks FOR EACH ROW INSERT INTO audit (mark) VALUES (NEW.id)",
)
LOCKED, READ_ONLY = 3118, 1290


def put_connections(pair: Pair, **others: Login) -> None:
    """Define the connections that migration files of these tests name, and the root of the source."""
    logins = {
        "source_mysql": pair.source_login,
        "target_aurora": pair.target_login,
        "source_root": pair.source.root_login,
    }
    for name, login in (logins | others).items():
        os.environ[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps(
            {
                "conn_type": "mysql",
                "host": login.host,
                "port": login.port,
                "login": login.user,
                "password": login.password,
                "extra": {"ssl_mode": "REQUIRED"},
            }
        )


@dataclass(slots=True)
class Stage:
    """``settings`` are those of the migration file's ``cutover`` part; ``app`` is the application's user."""

    made: Databases
    settings: dict[str, Any]
    accounts: str = "skip"
    user: str = ""
    on_existing: str = "merge"
    _runs: int = 0

    @classmethod
    def build(cls, made: Databases, mode: str = "skip", **settings: Any) -> Stage:
        """Make the account, migrate, catch up, verify."""
        put_connections(made.pair)
        stage = cls(made, {"connection": "source_root"} | settings, mode, f"app_{made.key[2:]}")
        stage.settings.setdefault("accounts", [f"{stage.user}@*"])
        for session in (made.source_root, made.target_root) if mode == "skip" else (made.source_root,):
            session.execute(raw(f"CREATE USER {stage.user} IDENTIFIED BY 'let me in'"))
            session.execute(raw(f"GRANT ALL ON {made.name}.* TO {stage.user}"))
        run = stage.run("migrate")
        units = phases.tables(run)
        phases.load(run, units)
        following.catch_up(run)
        phases.finish(run, units)
        return stage

    def close(self) -> None:
        for session in (self.made.source_root, self.made.target_root):
            session.execute(raw(f"DROP USER IF EXISTS {self.user}"))

    def config(self) -> dict[str, Any]:
        return {
            "type": "full-load-and-cdc",
            "accounts": {"mode": self.accounts, "include": [f"{self.user}@*"], "on_existing": self.on_existing},
            "sync": {"keyless_tables": "row-image"},
            "cutover": self.settings,
        }

    def run(self, run_id: str, **options: Any) -> Run:
        return Run(self.made.config(**self.config()), RunOptions(**options), run_id)

    def next_run(self, direction: str = "forward") -> Run:
        self._runs += 1
        return self.run(f"cutover {self._runs}", direction=direction)

    def recorded(self, run: Run) -> Cutover:
        found = cutovers.find(self.made.target_root, run.control, run.run_id)
        assert found is not None
        return found

    def login(self, role: str) -> Login:
        server = self.made.pair.source if role == "source" else self.made.pair.target
        return Login("127.0.0.1", server.port, self.user, "let me in")

    def refusal(self, role: str) -> int:
        """0 if the application may write on this side, else MySQL's number; nothing stays written."""
        try:
            connection = self.login(role).connect()
        except pymysql.err.OperationalError as error:
            return int(error.args[0])
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute(f"DELETE FROM {self.made.name}.marks WHERE id < 0")
                cursor.execute("ROLLBACK")
        except pymysql.err.MySQLError as error:
            return int(error.args[0])
        finally:
            connection.close()
        return 0

    def write(self, role: str, *statements: str) -> None:
        """What the application does."""
        connection = self.login(role).connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"USE {self.made.name}")
                for text in statements:
                    cursor.execute(text)
        finally:
            connection.close()

    def rows(self, role: str, sql: str) -> list[tuple[Any, ...]]:
        session = self.made.source_root if role == "source" else self.made.target_root
        return [tuple(row.values()) for row in session.query(raw(sql))]

    def triggers(self, role: str) -> list[str]:
        sql = (
            f"SELECT TRIGGER_NAME AS n FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = '{self.made.name}'"
        )
        return sorted(name for (name,) in self.rows(role, sql))

    def enabled_events(self, role: str) -> list[str]:
        sql = (
            "SELECT EVENT_NAME AS n FROM information_schema.EVENTS "
            f"WHERE EVENT_SCHEMA = '{self.made.name}' AND STATUS = 'ENABLED'"
        )
        return sorted(name for (name,) in self.rows(role, sql))

    def assert_equal(self) -> None:
        found = compare_databases(*self.made.oracle_params(), [self.made.name], structure=False)
        assert found.equal, str(found)

    def assert_cut_over(self, run: Run) -> None:
        assert self.recorded(run).state is CutoverState.OPEN
        found = (self.refusal("source"), self.refusal("target"))
        assert found == (LOCKED, 0), found
        sides = self.triggers("source"), self.triggers("target")
        assert sides[0] == sides[1], sides

    def assert_released(self, run: Run) -> None:
        assert self.recorded(run).state is CutoverState.RELEASED
        found = (self.refusal("source"), self.refusal("target"))
        assert found == (0, LOCKED), found
        assert self.triggers("target") == []


def cut_over(run: Run, steps: Sequence[str] = AS_THE_GRAPH) -> MigrationError | None:
    """Run steps as the graph does: tries again what is worth it, and releases whatever happened before."""
    failure: MigrationError | None = None
    for name in steps:
        if failure is None or name == "release":
            try:
                _step(name, run)
            except MigrationError as error:
                if name == "release":
                    raise
                failure = error
    return failure


def _step(name: str, run: Run) -> None:
    for left in reversed(range(TRIES)):
        try:
            STEPS[name](run)
            return
        except RetryableError:
            if not left:
                raise
            time.sleep(0.5)
