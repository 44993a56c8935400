"""Faults over a running migration: which ones, when, by seed; each tells one line, and undoes what it did.

    plan = schedule(seed, seconds, count)        pure: the same seed gives the same faults at the same times
    with Faults(arena, plan) as faults: ...      runs them in threads; `faults.lines` is what happened

A fault waits until a process is at work, and is repeated where another one took its server away, so that none goes
into the void. What it hits depends on what runs at that moment: a replay repeats the faults and not their effects.
"""

from tests.faults.arena import Arena
from tests.faults.children import Children
from tests.faults.kinds import KINDS
from tests.faults.running import Faults
from tests.faults.schedule import PlannedFault, schedule

__all__ = ["KINDS", "Arena", "Children", "Faults", "PlannedFault", "schedule"]
