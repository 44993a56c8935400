"""Faults of the lines between the engine and the servers."""

from __future__ import annotations

import time
from random import Random

from tests.faults.arena import Arena


def drop_connections(arena: Arena, rng: Random) -> str:
    """Connections are reset, once or several times in a row."""
    roles = rng.choice((("source",), ("target",), ("source", "target")))
    cut = 0
    for _ in range(rng.randint(1, 4)):
        cut += sum(arena.proxies[role].drop() for role in roles)
        time.sleep(rng.uniform(0.05, 1.0))
    return f"of={'+'.join(roles)} connections={cut}"


def refuse_connections(arena: Arena, rng: Random) -> str:
    """Nobody gets in for a while, and who is in is thrown out."""
    role, seconds = rng.choice(("source", "target")), rng.uniform(0.5, 4)
    proxy = arena.proxies[role]
    proxy.refuse()
    try:
        cut = proxy.drop()
        time.sleep(seconds)
    finally:
        proxy.accept()
    return f"of={role} seconds={seconds:.1f} connections={cut}"


def slow_network(arena: Arena, rng: Random) -> str:
    """25 ms each way, or a narrow line."""
    role, seconds, narrow = rng.choice(("source", "target")), rng.uniform(2, 5), rng.random() < 0.4
    proxy = arena.proxies[role]
    before = proxy.bytes_per_second, proxy.latency
    try:
        if narrow:
            proxy.bytes_per_second = 500_000
        else:
            proxy.latency = 0.025
        time.sleep(seconds)
    finally:
        proxy.bytes_per_second, proxy.latency = before
    return f"of={role} seconds={seconds:.1f} how={'500 kB/s' if narrow else '25 ms each way'}"
