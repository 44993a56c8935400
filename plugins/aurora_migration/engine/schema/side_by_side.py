"""Work on tables that do not depend on each other, by a few sessions at a time.

A session belongs to one thread: the caller's own pair works in the caller's thread, and every further thread opens
a pair of its own. The first error ends it: each thread finishes the step that it is at, none begins another.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Final, Generic, Self, TypeVar

from aurora_migration.mysql.session import Session

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")

MOST: Final = 4  # threads: a server builds an index by several threads of its own, and each build takes memory


def slices(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """The items in order, ``size`` at a time."""
    return [items[first : first + size] for first in range(0, len(items), size)]


@dataclass(frozen=True, slots=True)
class Sides:
    """A session to each side, for one thread."""

    source: Session
    target: Session


@dataclass(frozen=True, slots=True)
class Crew:
    """Those who work, each with sessions of its own; the first is the caller."""

    members: tuple[Sides, ...]

    @classmethod
    @contextlib.contextmanager
    def of(cls, source: Session, target: Session, workers: int) -> Iterator[Self]:
        """The caller's sessions and more for ``workers`` in all, `MOST` at most. Raises: as `Session.open`."""
        with contextlib.ExitStack() as stack:
            members = [Sides(source, target)]
            for _ in range(1, min(workers, MOST)):
                mine = (stack.enter_context(Session.open(one.endpoint)) for one in (source, target))
                members.append(Sides(*mine))
            yield cls(tuple(members))

    def each(self, items: Iterable[T], action: Callable[[Sides, T], R]) -> list[R]:
        """What ``action`` returns for each item, in their order. Raises: the first error of any of them."""
        shared = _Shared(list(items), action)
        others = [Thread(target=shared.work, args=(sides,), name="schema") for sides in self.members[1:]]
        for one in others:
            one.start()
        shared.work(self.members[0])
        for one in others:
            one.join()
        return shared.outcome()


class _Shared(Generic[T, R]):
    """The items that are left, what came of the others, and what went wrong."""

    def __init__(self, items: list[T], action: Callable[[Sides, T], R]) -> None:
        self._action, self._count = action, len(items)
        self._left = iter(enumerate(items))
        self._done: dict[int, R] = {}
        self._errors: list[BaseException] = []
        self._lock = Lock()

    def work(self, sides: Sides) -> None:
        """Take item by item until none is left or one has failed."""
        while (one := self._next()) is not None:
            number, item = one
            try:
                self._done[number] = self._action(sides, item)
            except BaseException as error:
                with self._lock:
                    self._errors.append(error)

    def outcome(self) -> list[R]:
        """Raises: the first error."""
        for error in self._errors[1:]:
            log.warning("failed as well reason=%s What to do: see the error that ended the phase", error)
        if self._errors:
            raise self._errors[0]
        return [self._done[number] for number in range(self._count)]

    def _next(self) -> tuple[int, T] | None:
        with self._lock:
            return None if self._errors else next(self._left, None)
