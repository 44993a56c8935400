"""Answers within a known time from targets that may be slow, dead or refuse.

A question is put to a target once, however many people wait for it; whoever has waited long enough gets the last
answer there was, with a word on the target's state. A target that failed is left alone for a while, and no target
ever occupies more than a few of the threads. What a driver or a server said stays in here.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from aurora_migration.errors import ConfigurationError, MissingPrivilegeError, RetryableError

_log = logging.getLogger(__name__)
WORKERS: Final = 24
LOCAL_WORKERS: Final = 4
PER_TARGET: Final = 3
PATIENCE_SECONDS: Final = 2.5
REST_SECONDS: Final = 5.0
FRESH_SECONDS: Final = 1.0
KEPT: Final = 128


class TargetState(StrEnum):
    """What can be said of a target without naming it."""

    OK = "ok"
    SLOW = "slow"
    DOWN = "down"
    REFUSED = "refused"
    DENIED = "denied"
    FAILED = "failed"

    @property
    def words(self) -> str:
        """One sentence for a person; no host, no user, nothing that a server said."""
        return _WORDS[self]


_WORDS: Final = {
    TargetState.OK: "",
    TargetState.SLOW: "The target has not answered yet.",
    TargetState.DOWN: "The target does not answer.",
    TargetState.REFUSED: "The target cannot be used: its connection is missing, or it refuses login or TLS.",
    TargetState.DENIED: "The target's account may not read the control schema.",
    TargetState.FAILED: "The control schema could not be read; the API server's log says why.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The newest value there is (None: there never was one), as of when, and how the target stands now."""

    value: Any
    state: TargetState
    at: datetime | None

    def told(self) -> dict[str, Any]:
        """The target's state as JSON."""
        return {"state": str(self.state), "message": self.state.words, "as_of": self.at}


@dataclass(slots=True)
class _Question:
    value: Any = None
    at: datetime | None = None
    fresh_until: float = 0.0
    asked: float = 0.0
    running: Future[None] | None = None


class Answers:
    """Asks targets on behalf of people. One for each application; its methods belong to the event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, patience: float = PATIENCE_SECONDS) -> None:
        self._clock = clock
        self._patience = patience
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="aurora-migration-target")
        self._local = ThreadPoolExecutor(LOCAL_WORKERS, thread_name_prefix="aurora-migration-web")
        self._lock = threading.Lock()
        self._questions: OrderedDict[Hashable, _Question] = OrderedDict()
        self._busy: Counter[str] = Counter()
        self._resting: dict[Hashable, tuple[float, TargetState]] = {}

    async def ask(self, target: str, key: Hashable, load: Callable[[], Any]) -> Answer:
        """The answer of ``load``, which runs in a thread and may raise errors of this package, within patience."""
        with self._lock:
            question, rest = self._question(key), self._rest(target, key)
            if question.running is None:
                if self._clock() < question.fresh_until:
                    return Answer(question.value, TargetState.OK, question.at)
                if rest is not None:
                    return Answer(question.value, rest, question.at)
                if self._busy[target] >= PER_TARGET:
                    return Answer(question.value, TargetState.SLOW, question.at)
                self._busy[target] += 1
                question.asked = self._clock()
                question.running = self._pool.submit(self._run, target, key, question, load)
            running, left = question.running, self._patience - (self._clock() - question.asked)
        if left > 0:
            await asyncio.wait({asyncio.wrap_future(running)}, timeout=left)
        with self._lock:
            if not running.done():
                return Answer(question.value, TargetState.SLOW, question.at)
            return Answer(question.value, self._rest(target, key) or TargetState.OK, question.at)

    async def run(self, work: Callable[[], Any]) -> Any:
        """Do what needs no target, away from the event loop and from the threads that targets hold."""
        return await asyncio.wrap_future(self._local.submit(work))

    def _question(self, key: Hashable) -> _Question:
        question = self._questions.setdefault(key, _Question())
        self._questions.move_to_end(key)
        for old in [old for old, known in self._questions.items() if known.running is None][: -KEPT or None]:
            if old != key:
                del self._questions[old]
        return question

    def _rest(self, target: str, key: Hashable) -> TargetState | None:
        for name in (("target", target), ("key", key)):
            until, state = self._resting.get(name, (0.0, TargetState.OK))
            if self._clock() < until:
                return state
            self._resting.pop(name, None)
        return None

    def _run(self, target: str, key: Hashable, question: _Question, load: Callable[[], Any]) -> None:
        begun = self._clock()
        try:
            value, state = load(), TargetState.OK
        except Exception as error:
            value, state = None, state_after(error)
            if state is TargetState.FAILED:
                _log.exception("A look at the control schema failed")
        with self._lock:
            now = self._clock()
            self._busy[target] -= 1
            question.running = None
            if state is TargetState.OK:
                question.value, question.at = value, datetime.now(UTC)
                # a costly question is asked less often, so that looking never becomes a load of its own
                question.fresh_until = now + max(FRESH_SECONDS, 3 * (now - begun))
            else:
                whole = state in {TargetState.DOWN, TargetState.REFUSED}
                self._resting[("target", target) if whole else ("key", key)] = (now + REST_SECONDS, state)


def state_after(error: Exception) -> TargetState:
    """What an error says about the target."""
    if isinstance(error, RetryableError):
        return TargetState.DOWN
    if isinstance(error, ConfigurationError):
        return TargetState.REFUSED
    if isinstance(error, MissingPrivilegeError):
        return TargetState.DENIED
    return TargetState.FAILED
