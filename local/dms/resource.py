"""A thing that has a name, an ARN, a state and tags; states that pass by themselves pass with the clock.

A resource is asked for its state, never woken: `settle` moves it to where it must be by now. Nothing here knows
what kind of resource it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

GONE = "(gone)"


@dataclass(slots=True, eq=False)
class Resource:
    """`facts` are the members of its answer by name; `secrets` never leave the process in an answer."""

    identifier: str
    arn: str
    status: str
    facts: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    job: Any = None
    _due: float | None = None
    _then: str = ""
    _arrive: Callable[[], None] | None = None

    def become(
        self, status: str, *, then: str = "", after: float = 0.0, arrive: Callable[[], None] | None = None
    ) -> None:
        """Take a state now and, with `then`, another one `after` so many seconds, when `arrive` is called."""
        self.status = status
        self._due = time.monotonic() + after if then else None
        self._then, self._arrive = then, arrive

    def hasten(self) -> None:
        """Let the state that is to come be due now."""
        self._due = None if self._due is None else time.monotonic()

    def settle(self) -> None:
        """Take the state that is due."""
        if self._due is not None and time.monotonic() >= self._due:
            arrive = self._arrive
            self.status, self._due, self._arrive = self._then, None, None
            if arrive:
                arrive()


class Collection:
    """All resources of one kind, in the order of their creation."""

    def __init__(self) -> None:
        self._by_arn: dict[str, Resource] = {}

    def __iter__(self) -> Iterator[Resource]:
        for one in list(self._by_arn.values()):
            one.settle()
            if one.status == GONE:
                self._by_arn.pop(one.arn, None)
            else:
                yield one

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def add(self, one: Resource) -> None:
        self._by_arn[one.arn] = one

    def by_arn(self, arn: str) -> Resource | None:
        return next((one for one in self if one.arn == arn), None)

    def by_identifier(self, identifier: str) -> Resource | None:
        return next((one for one in self if one.identifier == identifier.lower()), None)
