"""Faults of the processes that migrate."""

from __future__ import annotations

import signal
import time
from random import Random

from tests.faults.arena import PATIENCE_SECONDS, Arena


def kill_process(arena: Arena, rng: Random) -> str:
    """SIGKILL, at any point of its life; where it ended at that moment, the next one is killed."""
    pause = rng.choice((0.0, rng.uniform(0, 3)))
    time.sleep(pause)
    while process := arena.children.living(PATIENCE_SECONDS):
        process.kill()
        if process.wait(PATIENCE_SECONDS) == -signal.SIGKILL:
            return f"pid={process.pid}"
    return "no process ran"


def freeze_process(arena: Arena, rng: Random) -> str:
    """The process stands still while the servers lose its connections; another may go on in its place."""
    process = arena.children.living(PATIENCE_SECONDS)
    if process is None:
        return "no process ran"
    seconds = rng.uniform(0.5, 3)
    process.send_signal(signal.SIGSTOP)
    try:
        cut = sum(arena.proxies[role].drop() for role in rng.choice((("target",), ("source", "target"))))
        rival = _rival(arena) if rng.random() < 0.5 else ""
        time.sleep(seconds)
    finally:
        process.send_signal(signal.SIGCONT)
    return f"pid={process.pid} seconds={seconds:.1f} connections={cut}{rival}"


def start_rival(arena: Arena, rng: Random) -> str:
    """A second process that wants to do the same work at the same time."""
    time.sleep(rng.uniform(0, 1))
    return _rival(arena).strip() or "there is none now"


def _rival(arena: Arena) -> str:
    if arena.rival is None:
        return ""
    return f" rival={arena.children.run(*arena.rival)}"
