"""What `bench.load` lets whom copy, and in which order."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.airflow_run import WholeRun
from bench.contestants import ENGINE, EVERYBODY, Contestant, left_out
from bench.load_options import DAG
from bench.load_tables import DATA, TINY, TINY_TABLES, Data


@dataclass(frozen=True, slots=True)
class Case:
    """What is copied by whom."""

    name: str
    data: Data
    size: int
    contestants: tuple[Contestant, ...]
    rounds: int = 1
    tables: int = TINY_TABLES

    @property
    def needs_floor(self) -> bool:
        """Whether somebody copies from a table of the target's own."""
        return any(one.warm for one in self.contestants)


def cases(chosen: argparse.Namespace, dag: WholeRun | None) -> dict[str, Case]:
    """All cases of copying that somebody takes part in; what has no goal has half the rounds."""
    rounds, half, small = chosen.rounds, half_of(chosen.rounds), chosen.small_mib << 20
    about, where = WholeRun.run.__doc__ or "", ("wide", TINY)
    whole = (Contestant(DAG, about, dag.run, data=where, missing=lambda: dag.failed),) if dag else ()
    everybody = (*(left_out(one) if chosen.local and one.fetched else one for one in EVERYBODY), *whole)
    wide, narrow, skewed, tiny = DATA["wide"], DATA["narrow"], DATA["skewed"], DATA[TINY]

    def takes(data: Data, *names: str) -> tuple[Contestant, ...]:
        some = [one for one in everybody if data.name in one.data and one.name in chosen.contestants]
        return tuple(one for one in some if not names or one.name in names)

    found = (
        Case("wide", wide, chosen.size_mib << 20, takes(wide), rounds),
        Case("growth", wide, (chosen.size_mib << 20) // 10, takes(wide, ENGINE.name), rounds),
        Case("narrow", narrow, small, takes(narrow), half),
        Case("skewed", skewed, small, takes(skewed), half),
        Case("tiny", tiny, 0, takes(tiny), half, chosen.tiny_tables),
    )
    return {case.name: case for case in found if case.contestants}


def half_of(rounds: int) -> int:
    """Half as many, at least one."""
    return max(1, rounds // 2)


def turns(contestants: Sequence[Contestant], number: int) -> Iterator[Contestant]:
    """All of them, beginning with another one in every round."""
    first = number % len(contestants)
    yield from (*contestants[first:], *contestants[:first])
