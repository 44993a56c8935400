"""One real API server under a path, over real control schemas; one target is dead, one is mute."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import identifier, raw
from aurora_migration.store.control import Control
from local.login import Login
from local.servers import Pair
from tests.fresh_databases import endpoint
from tests.plugin.api_server import ApiServer, connection
from tests.plugin.control_rows import migration_file, write_dms, write_many, write_run

MANY = 5000


@dataclass(frozen=True, slots=True)
class Served:
    """The server and what its answers must not hold."""

    server: ApiServer
    pair: Pair
    secret_words: tuple[str, ...]


@pytest.fixture(scope="session")
def mute_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listener, contextlib.ExitStack() as kept:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        ended = threading.Event()

        def accept() -> None:
            while not ended.is_set():
                with contextlib.suppress(OSError):
                    kept.enter_context(listener.accept()[0])

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.fixture(scope="session")
def dead_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def served(
    server_pair: Pair, mute_port: int, dead_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Migrations alpha (a finished run), other (no run), many (5,000 tables), dead, mute, lost (no connection)."""
    control = f"control_{secrets.token_hex(4)}"
    target = server_pair.target_login
    with Session.open(endpoint("target", target)) as session:
        write_run(session, Control(control, "alpha"))
        write_dms(session, Control(control, "alpha"))
        write_many(session, Control(control, "many"), MANY)
    migrations = tmp_path_factory.mktemp("migrations")
    targets = dict.fromkeys(("alpha", "other", "many"), "web_target")
    targets |= {"dead": "web_dead", "mute": "web_mute", "lost": "web_lost"}
    for name, connection_id in targets.items():
        (migrations / f"{name}.yaml").write_text(migration_file(name, connection_id, control))
    nowhere = [Login("127.0.0.1", port, "someone", "their-password-9") for port in (dead_port, mute_port)]
    ends = {"web_target": target, "web_dead": nowhere[0], "web_mute": nowhere[1]}
    server = ApiServer(
        tmp_path_factory.mktemp("web"), migrations, {name: connection(login) for name, login in ends.items()}
    )
    words = (
        target.password,
        str(target.port),
        "their-password-9",
        "someone",
        "127.0.0.1",
        "web_target",
        "web_dead",
    )
    try:
        server.start()
        yield Served(server, server_pair, words)
    finally:
        server.stop()
        with Session.open(endpoint("target", target)) as session:
            session.execute(raw("DROP DATABASE ") + identifier(control))
