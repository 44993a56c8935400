"""Three real servers, the migration's logins on them, and ways to run one check or the whole of preflight.

The source knows a collation and named time zones that the target lacks. The odd server was initialised with
other values of what cannot be changed later (`lower_case_table_names`, `innodb_page_size`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aurora_migration.engine.plan import build_plan
from aurora_migration.engine.preflight.checks import CHECKS, Check
from aurora_migration.engine.preflight.connectivity import open_session
from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.run import PreflightResult, run_checks, run_preflight
from aurora_migration.engine.preflight.server import Server as Side
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.finding import Finding
from aurora_migration.model.plan import RunOptions
from aurora_migration.model.sync import Checkpoint
from aurora_migration.mysql.endpoint import Endpoint
from local import aurora
from local.mysqld import Distribution, Server
from tests.patience import until

PASSWORD = "Preflight-Secret-1"
COLLATION = "utf8mb4_house_ci"
SMALL = {
    "innodb_buffer_pool_size": "64M",
    "performance_schema_digests_size": "200",
    "innodb_flush_log_at_trx_commit": "0",
    "sync_binlog": "0",
    # a machine gives out so many asynchronous requests, and several suites may be running on it
    "innodb_use_native_aio": "OFF",
}
ODD = {"lower_case_table_names": "1", "innodb_page_size": "32K"}
ODD_WORDS = {
    "ft_min_word_len": "3",
    "innodb_ft_min_token_size": "2",
    "innodb_ft_max_token_size": "80",
    "ngram_token_size": "3",
}


@dataclass(frozen=True, slots=True)
class World:
    """The servers; ``source_login`` and ``target_login`` are what a migration connects with."""

    source: Server
    target: Server
    odd: Server
    source_login: Endpoint
    target_login: Endpoint

    def login(self, server: Server, role: str, user: str) -> Endpoint:
        """The login of an account made for a test, whose password is `PASSWORD`."""
        return replace(self.source_login, role=role, port=server.port, user=user, connection_id=f"{role}_db")

    def root(self, server: Server, role: str) -> Endpoint:
        """Root's login of a server, in the role of a side."""
        login = self.source_login if role == "source" else self.target_login
        return replace(login, port=server.port, user="root", password=server.root_password)

    def check(
        self,
        name: str,
        config: MigrationConfig,
        *,
        source: Endpoint | None = None,
        target: Endpoint | None = None,
        options: RunOptions | None = None,
        loaded: frozenset[str] = frozenset(),
        prepare: Callable[[Context], None] | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> list[Finding]:
        """Run one check on a plan made from the source as it is now."""
        chosen = options or RunOptions()
        with ExitStack() as stack:
            sides = []
            for endpoint in (source or self.source_login, target or self.target_login):
                side = Side(open_session(endpoint))
                stack.callback(side.close)
                sides.append(side)
            plan = build_plan(config, chosen, sides[0].session)
            context = Context(chosen, sides[0], sides[1], plan, lambda session: loaded, lambda session: checkpoint)
            if prepare is not None:
                prepare(context)
            return run_checks(context, [check_named(name)])

    def preflight(
        self,
        config: MigrationConfig,
        *,
        source: Endpoint | None = None,
        target: Endpoint | None = None,
        options: RunOptions | None = None,
        loaded: frozenset[str] = frozenset(),
        checkpoint: Checkpoint | None = None,
    ) -> PreflightResult:
        """Run the whole of preflight, as an operator does."""
        chosen = options or RunOptions()
        return run_preflight(
            source or self.source_login,
            target or self.target_login,
            chosen,
            lambda session: build_plan(config, chosen, session),
            lambda session: loaded,
            lambda session: checkpoint,
        )


def check_named(name: str) -> Check:
    return next(check for check in CHECKS if check.__name__ == f"check_{name}")


def config_for(schema: str, **parts: Any) -> MigrationConfig:
    """A migration of one schema; ``parts`` are keys of the migration file."""
    file = {
        "name": "trial",
        "source": {"connection": "src"},
        "target": {"connection": "tgt"},
        "selection": [{"include": f"{schema}.*"}],
        **parts,
    }
    return MigrationConfig.model_validate(file)


def execute(server: Server, statements: Iterable[str], schema: str | None = None) -> None:
    """Run statements as root, in ``schema`` where it is given."""
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        if schema is not None:
            cursor.execute("CREATE DATABASE IF NOT EXISTS `" + schema.replace("`", "``") + "`")
            cursor.execute("USE `" + schema.replace("`", "``") + "`")
        for statement in statements:
            cursor.execute(statement)


def ask(server: Server, query: str) -> Any:
    """The first value of a query's answer, as root."""
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row[0] if row else None


def settle(server: Server) -> None:
    """Return once nobody else's session is left: a server goes on with those that were closed a moment ago."""
    others = (
        "SELECT COUNT(*) FROM performance_schema.processlist"
        " WHERE ID <> CONNECTION_ID() AND COMMAND <> 'Daemon' AND USER <> 'event_scheduler'"
    )
    until(lambda: ask(server, others) == 0, f"all sessions on the {server.name} have ended")


@contextlib.contextmanager
def global_variables(server: Server, values: Mapping[str, str]) -> Iterator[None]:
    """Set global variables (SQL literals) and put them back."""
    before = {name: ask(server, f"SELECT @@GLOBAL.{name}") for name in values}
    try:
        execute(server, [f"SET GLOBAL {name} = {value}" for name, value in values.items()])
        yield
    finally:
        back = [
            f"SET GLOBAL {name} = " + (str(old) if isinstance(old, int) else f"'{old}'")
            for name, old in reversed(before.items())
        ]
        execute(server, back)


@contextlib.contextmanager
def build(dist: Distribution, folder: Path) -> Iterator[World]:
    """Start the three servers; removed at the end."""
    target = Server.create(dist, folder / "target", "target", SMALL)
    source = Server.create(dist, folder / "source", "source", SMALL)
    odd = Server.create(dist, folder / "odd", "odd", {**SMALL, **ODD, **ODD_WORDS})
    try:
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(_initialise_anew, odd, folder)
            target.start()
            slow.result()
        odd.start()
        for server in (target, odd):
            aurora.make_aurora_like(server, PASSWORD, "through-role")
        charsets = Path(ask(target, "SELECT @@character_sets_dir"))
        source.options = {**SMALL, "character_sets_dir": str(_with_collation(charsets, folder / "charsets"))}
        source.start()
        execute(source, _SOURCE)
        ends = [
            Endpoint(role, "127.0.0.1", server.port, user, PASSWORD, connection_id=f"{role}_db")
            for role, server, user in (("source", source, "migrator"), ("target", target, aurora.ADMIN))
        ]
        yield World(source, target, odd, ends[0], ends[1])
    finally:
        for server in (source, target, odd):
            server.remove()


_SOURCE = (
    f"CREATE USER migrator IDENTIFIED BY '{PASSWORD}'",
    "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, PROCESS, SHOW_ROUTINE, "
    "REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO migrator",
    "INSERT INTO mysql.time_zone VALUES (1, 'N'), (2, 'N')",
    "INSERT INTO mysql.time_zone_name VALUES ('UTC', 1), ('Europe/Berlin', 2)",
    "INSERT INTO mysql.time_zone_transition_type VALUES (1, 0, 0, 0, 'UTC'), (2, 0, 3600, 0, 'CET')",
)


def _with_collation(charsets: Path, folder: Path) -> Path:
    shutil.copytree(charsets, folder)
    index = folder / "Index.xml"
    rules = "<rules><reset>a</reset><p>b</p></rules>"
    own = f'<charset name="utf8mb4"><collation name="{COLLATION}" id="1029">{rules}</collation></charset>'
    text = index.read_text(encoding="utf-8")
    index.write_text(text.replace("</charsets>", f"{own}\n</charsets>"), encoding="utf-8")
    return folder


def _initialise_anew(server: Server, folder: Path) -> None:
    shutil.rmtree(server.home.data)
    fixed = dict(server.dist.options) | {"datadir": str(server.home.data), "innodb_use_native_aio": "OFF"} | ODD
    fixed |= {"user": "root"} if os.geteuid() == 0 else {}
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in fixed.items()]
    command = [
        *server.dist.launcher,
        str(server.dist.mysqld),
        "--no-defaults",
        "--initialize-insecure",
        *arguments,
    ]
    with (folder / "initialise.log").open("wb") as log:
        subprocess.run(command, check=True, stdout=log, stderr=log)
