"""Faults of the servers: ended and started again, full, read only; and a binlog that rotates."""

from __future__ import annotations

import contextlib
import time
from random import Random

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from tests.faults.arena import Arena, allowed


def kill_source(arena: Arena, rng: Random) -> str:
    return _come_back(arena, rng, "source", by_force=True)


def kill_target(arena: Arena, rng: Random) -> str:
    return _come_back(arena, rng, "target", by_force=True)


def restart_source(arena: Arena, rng: Random) -> str:
    return _come_back(arena, rng, "source", by_force=False)


def restart_target(arena: Arena, rng: Random) -> str:
    return _come_back(arena, rng, "target", by_force=False)


def _come_back(arena: Arena, rng: Random, role: str, *, by_force: bool) -> str:
    """The mysqld ends, and comes back on its port with its data."""
    away, server = rng.choice((0.0, rng.uniform(0, 2))), arena.server(role)
    with arena.restarting[role]:
        started, port = time.monotonic(), server.port
        (server.kill if by_force else server.stop)()
        time.sleep(away)
        server.start()
        assert server.port == port
    return f"away={time.monotonic() - started:.1f} s"


def read_only_target(arena: Arena, rng: Random) -> str:
    """As Aurora's old writer after a failover."""
    name, seconds = rng.choice(("super_read_only", "read_only")), rng.uniform(1, 5)
    with arena.root("target") as cursor:
        cursor.execute("SET SESSION lock_wait_timeout = 10")
        if not allowed(cursor, f"SET GLOBAL {name} = ON"):
            return "a lock did not let it"
    try:
        time.sleep(seconds)
    finally:
        arena.set_global("target", "super_read_only = OFF")
        arena.set_global("target", "read_only = OFF")
    return f"{name} seconds={seconds:.1f}"


def full_target(arena: Arena, rng: Random) -> str:
    """No connection is left, not even the one that is kept for administrators; and sessions are killed."""
    seconds = rng.uniform(1, 4)
    idle: list[Connection[Cursor]] = []
    with arena.root("target") as cursor:
        cursor.execute("SELECT COUNT(*), @@GLOBAL.max_connections FROM performance_schema.processlist")
        used, most = cursor.fetchone() or (0, 0)
    try:
        with arena.root("target") as cursor:
            cursor.execute("SET GLOBAL max_connections = %s", (max(used - 2, 1),))
            killed = _kill(cursor, arena.account("target"), "CONNECTION")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(pymysql.err.OperationalError):
                idle.append(arena.pair.target.root_login.connect())
            time.sleep(0.01)
    finally:
        for connection in idle:
            connection._force_close()  # type: ignore[attr-defined]
        arena.set_global("target", f"max_connections = {most}")
    return f"seconds={seconds:.1f} taken={len(idle)} killed={killed}"


def kill_sessions(arena: Arena, rng: Random) -> str:
    """KILL of the migration's connections, or of the statements that they are running, by an administrator."""
    role, what = rng.choice(("source", "target", "target")), rng.choice(("CONNECTION", "QUERY"))
    killed = 0
    for _ in range(rng.randint(1, 5)):
        with arena.root(role) as cursor:
            killed += _kill(cursor, arena.account(role), what)
        time.sleep(rng.uniform(0.05, 0.5))
    return f"of={role} what={what} killed={killed}"


def _kill(cursor: Cursor, account: str, what: str) -> int:
    cursor.execute("SELECT ID FROM performance_schema.processlist WHERE USER = %s", (account,))
    found = [number for (number,) in cursor.fetchall()]
    for number in found:
        with contextlib.suppress(pymysql.err.InternalError, pymysql.err.OperationalError):  # gone by itself
            cursor.execute(f"KILL {what} {number}")
    return len(found)


def rotate_binlog(arena: Arena, rng: Random) -> str:
    times = rng.randint(1, 4)
    for _ in range(times):
        with arena.root("source") as cursor:
            cursor.execute("FLUSH BINARY LOGS")
        time.sleep(rng.uniform(0, 0.5))
    return f"times={times}"
