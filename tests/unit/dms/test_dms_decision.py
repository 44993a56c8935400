"""What to do next, as a table: DMS's states and stop reasons, what was claimed, who asks."""

from __future__ import annotations

import pytest

from aurora_migration.dms.decision import Action, Claim, decide_changes, decide_load
from aurora_migration.dms.observed import Observed
from aurora_migration.model.config import MigrationType

FULL, BOTH = MigrationType.FULL_LOAD, MigrationType.FULL_LOAD_AND_CDC
OURS = Claim("wave-1", "earlier")  # claimed after a start at "earlier", behind this first wave
OLD = Claim("wave-0", "earlier")  # behind a first wave that has run again since
NEVER = Claim("wave-1", "")

LOADS = [
    # status, stop reason, started, claim, fresh → action
    ("ready", "", "", None, True, Action.START),
    ("created", "", "", None, True, Action.START),  # serverless
    ("stopped", "FULL_LOAD_ONLY_FINISHED", "earlier", None, True, Action.RELOAD),  # another run's
    ("failed", "FATAL_ERROR", "earlier", None, True, Action.RELOAD),
    ("running", "", "earlier", None, True, Action.STOP),
    ("starting", "", "earlier", None, True, Action.WAIT),
    ("creating", "", "", None, True, Action.WAIT),
    ("absent", "", "", None, True, Action.FAIL),
    ("deleting", "", "", None, True, Action.FAIL),
    # claimed, and killed before the start was sent
    ("ready", "", "", NEVER, True, Action.START),
    ("stopped", "FULL_LOAD_ONLY_FINISHED", "earlier", OURS, True, Action.RELOAD),
    # claimed and started by this very try, and DMS still shows the time before
    ("ready", "", "", NEVER, False, Action.WAIT),
    ("stopped", "FULL_LOAD_ONLY_FINISHED", "earlier", OURS, False, Action.WAIT),
    ("failed", "", "", NEVER, False, Action.FAIL),
    ("running", "", "earlier", OURS, False, Action.WAIT),
    # started for this run
    ("starting", "", "now", OURS, True, Action.WAIT),
    ("running", "", "now", OURS, True, Action.WAIT),
    ("running", "", "now", OURS, False, Action.WAIT),
    ("stopping", "", "now", OURS, False, Action.WAIT),
    ("fetching_metadata", "", "now", OURS, False, Action.WAIT),  # serverless has states of its own
    ("a state of tomorrow", "", "now", OURS, False, Action.WAIT),
    ("stopped", "FULL_LOAD_ONLY_FINISHED", "now", OURS, False, Action.JUDGE),
    ("stopped", "FULL_LOAD_ONLY_FINISHED", "now", OURS, True, Action.JUDGE),
    ("stopped", "FULL_LOAD_ONLY_FINISHED", "now", NEVER, False, Action.JUDGE),
    ("stopped", "NORMAL", "now", OURS, False, Action.FAIL),  # somebody stopped it
    ("stopped", "NORMAL", "now", OURS, True, Action.RELOAD),
    ("stopped", "", "now", OURS, False, Action.FAIL),
    ("stopped", "FATAL_ERROR", "now", OURS, False, Action.FAIL),
    ("failed", "FATAL_ERROR", "now", OURS, False, Action.FAIL),
    ("failed", "FATAL_ERROR", "now", OURS, True, Action.RELOAD),
    ("stopped", "RECOVERABLE_ERROR", "now", OURS, False, Action.RETRY),
    ("stopped", "RECOVERABLE_ERROR", "now", OURS, True, Action.RELOAD),
    ("stopped", "STOPPED_DUE_TO_LOW_DISK", "now", OURS, False, Action.FAIL),
    ("stopped", "STOPPED_AFTER_FULL_LOAD", "now", OURS, False, Action.FAIL),
    # the first wave has run again: what was loaded before is gone
    ("stopped", "FULL_LOAD_ONLY_FINISHED", "now", OLD, True, Action.RELOAD),
    ("running", "", "now", OLD, True, Action.STOP),
]


@pytest.mark.parametrize(("status", "reason", "started", "claim", "fresh", "action"), LOADS)
def test_loads(status: str, reason: str, started: str, claim: Claim | None, fresh: bool, action: Action) -> None:
    observed = Observed(status, reason, started=started)
    decision = decide_load(observed, claim, "wave-1", FULL, fresh=fresh)
    assert decision.action is action, decision.reason
    assert decision.reason


def test_a_full_load_is_never_resumed() -> None:
    """DMS does not resume inside a table, and would load on top of its rows."""
    assert Action.RESUME not in {row[-1] for row in LOADS}


@pytest.mark.parametrize(
    ("reason", "action"),
    [("STOPPED_AFTER_CACHED_EVENTS", Action.JUDGE), ("FULL_LOAD_ONLY_FINISHED", Action.FAIL)],
)
def test_a_load_with_changes_ends_once_these_are_applied(reason: str, action: Action) -> None:
    observed = Observed("stopped", reason, started="now")
    assert decide_load(observed, OURS, "wave-1", BOTH, fresh=False).action is action


CHANGES = [
    ("running", "", "now", False, Action.JUDGE),
    ("ready", "", "", True, Action.START),
    ("starting", "", "now", True, Action.WAIT),
    ("stopped", "STOPPED_AFTER_CACHED_EVENTS", "now", True, Action.RESUME),
    ("stopped", "STOPPED_AFTER_CACHED_EVENTS", "now", False, Action.RESUME),
    ("stopped", "NORMAL", "now", True, Action.RESUME),
    ("stopped", "NORMAL", "now", False, Action.FAIL),
    ("stopped", "RECOVERABLE_ERROR", "now", False, Action.RETRY),
    ("failed", "FATAL_ERROR", "now", False, Action.FAIL),
    ("failed", "FATAL_ERROR", "now", True, Action.RESUME),
    ("absent", "", "", True, Action.FAIL),
]


@pytest.mark.parametrize(("status", "reason", "started", "fresh", "action"), CHANGES)
def test_changes(status: str, reason: str, started: str, fresh: bool, action: Action) -> None:
    assert decide_changes(Observed(status, reason, started=started), fresh=fresh).action is action
