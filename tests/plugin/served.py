"""One real API server under a path, over real control schemas; one target is dead, one is mute."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
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


def heard(client: httpx.Client, path: str, seconds: float = 240) -> httpx.Response:
    """The answer once the target has been heard: where the machine is busy it counts as slow at first."""
    deadline = time.monotonic() + seconds
    while True:
        answer = client.get(path)
        kind = answer.headers["content-type"]
        target = answer.json().get("target") or {} if kind == "application/json" and answer.is_success else {}
        if answer.status_code != 503 and target.get("state", "ok") == "ok":
            return answer
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)


@dataclass(slots=True)
class Mute:
    """A port that takes connections and never says a word, and how many it has taken."""

    port: int
    taken: int = field(default=0)


@pytest.fixture(scope="session")
def mute() -> Iterator[Mute]:
    with socket.socket() as listener, contextlib.ExitStack() as kept:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        ended = threading.Event()
        made = Mute(int(listener.getsockname()[1]))

        def accept() -> None:
            while not ended.is_set():
                with contextlib.suppress(OSError):
                    kept.enter_context(listener.accept()[0])
                    made.taken += 1

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield made
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(120)


@pytest.fixture(scope="session")
def dead_port() -> Iterator[int]:
    """A port on which nothing listens, and on which nobody else can, since it stays taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def served(
    server_pair: Pair, mute: Mute, dead_port: int, tmp_path_factory: pytest.TempPathFactory
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
    nowhere = [Login("127.0.0.1", port, "someone", "their-password-9") for port in (dead_port, mute.port)]
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
