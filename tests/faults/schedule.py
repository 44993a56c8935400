"""When which fault comes: from the seed alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """`at` is in seconds from the start; `seed` decides everything else about the fault."""

    at: float
    kind: str
    seed: str


def schedule(seed: int, seconds: float, count: int, kinds: Sequence[str]) -> tuple[PlannedFault, ...]:
    """`count` faults over `seconds`, each kind about as often, in random order; they may overlap."""
    rng = Random(seed)
    chosen: list[str] = []
    while len(chosen) < count:
        chosen += rng.sample(kinds, len(kinds))
    step = seconds / count
    return tuple(
        PlannedFault((number + rng.random()) * step, kind, f"{seed}/{number}")
        for number, kind in enumerate(chosen[:count])
    )
