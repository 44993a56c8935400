"""What a test or a demo wants to go wrong, and the errors that AWS answers with.

`Faults` is the out-of-band control of a `StandIn`: nothing here can be reached over HTTP. Each kind of mishap is
a value; one that has a number of `times` is used up. `AwsError` is what an operation raises and the server
turns into ``{"__type": …, "message": …}``.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TypeVar

from local.dms import words


class AwsError(Exception):
    """An error of the service: a fault of the model, or one of the errors common to AWS's services."""

    def __init__(self, code: str, message: str, resource_arn: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.resource_arn = resource_arn


@dataclass(slots=True)
class Mishap:
    """One thing that goes wrong; `times` None is for ever."""

    times: int | None = field(default=None, kw_only=True)


@dataclass(slots=True)
class FailInstance(Mishap):
    """Creating the replication instance (None: any) ends in `status`."""

    identifier: str | None = None
    status: str = "failed"


@dataclass(slots=True)
class RoleNotEffective(Mishap):
    """IAM is eventually consistent: dms-vpc-role does not count until it is `seconds` (real ones) old."""

    seconds: float = 20.0


@dataclass(slots=True)
class ConnectionTestFails(Mishap):
    """Testing the connection to endpoints of this side fails."""

    side: str = "source"
    message: str = words.CONNECTION_FAILED.format(errno=2003, text="Can't connect to MySQL server (timed out)")


@dataclass(slots=True)
class TableError(Mishap):
    """A table ("schema.table" on the source) fails during its load, after so many rows."""

    table: str = ""
    after_rows: int = 0
    message: str = "Failed to load data from csv file."


@dataclass(slots=True)
class SuspendTable(Mishap):
    """A table ("schema.table" on the source) is suspended at its first change during CDC."""

    table: str = ""
    message: str = "Table error escalation policy: the table is suspended"


@dataclass(slots=True)
class StopTask(Mishap):
    """The task stops by itself after so many rows or changes in all."""

    reason: str = words.RECOVERABLE_ERROR
    after_rows: int = 0
    status: str = "stopped"
    message: str = "Task error notification received from subtask 0, thread 0 [1020101]"


@dataclass(slots=True)
class FatalError(StopTask):
    """The task fails; DMS shows such a task as `failed`, in some cases as `stopped`."""

    reason: str = words.FATAL_ERROR
    status: str = "failed"


@dataclass(slots=True)
class NoTables(Mishap):
    """The task captures no table."""


@dataclass(slots=True)
class LoseRows(Mishap):
    """The first `rows` of a table's load are passed over and nobody says so."""

    table: str = ""
    rows: int = 1


@dataclass(slots=True)
class ThrottleNext(Mishap):
    """The next `calls` (of one operation, or of any) are throttled."""

    calls: int = 1
    operation: str | None = None


@dataclass(slots=True)
class ThrottleEvery(Mishap):
    """Every nth call is throttled, n being `calls`."""

    calls: int = 3


@dataclass(slots=True)
class Deny(Mishap):
    """The caller's IAM policy does not allow this operation of DMS; "service:Action" is only simulated."""

    operation: str = ""


@dataclass(slots=True)
class Raise(Mishap):
    """An operation raises this error."""

    operation: str = ""
    code: str = ""
    message: str = ""


M = TypeVar("M", bound=Mishap)


class Faults:
    """The mishaps of one stand-in; safe to change while it serves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mishaps: list[Mishap] = []
        self._calls = 0

    def add(self, *mishaps: Mishap) -> None:
        """From now on these happen."""
        with self._lock:
            self._mishaps.extend(mishaps)

    def clear(self) -> None:
        """From now on nothing goes wrong by order."""
        with self._lock:
            self._mishaps.clear()

    def find(self, kind: type[M], reached: int | None = None, **wanted: str) -> M | None:
        """The first mishap of a kind whose fields are as wanted (a field of None or "" fits all); uses it once.

        With `reached`, one that has `after_rows` is due when that many rows are more than it says.
        """
        with self._lock:
            for one in self._mishaps:
                if not isinstance(one, kind):
                    continue
                fits = all(getattr(one, key) in (value, None, "") for key, value in wanted.items())
                if fits and (reached is None or reached > getattr(one, "after_rows", 0)):
                    self._use(one)
                    return one
        return None

    def denied(self) -> frozenset[str]:
        """What the caller's policy does not allow, now."""
        with self._lock:
            return frozenset(one.operation for one in self._mishaps if isinstance(one, Deny))

    def before(self, operation: str) -> None:
        """What the front door does before an operation. Raises: AwsError."""
        with self._lock:
            self._calls += 1
            for one in list(self._mishaps):
                if isinstance(one, ThrottleNext) and one.operation in (None, operation):
                    one.calls -= 1
                    if one.calls <= 0:
                        self._mishaps.remove(one)
                    raise AwsError("ThrottlingException", words.THROTTLED)
                if isinstance(one, ThrottleEvery) and self._calls % one.calls == 0:
                    raise AwsError("ThrottlingException", words.THROTTLED)
                if isinstance(one, Raise) and one.operation == operation:
                    self._use(one)
                    raise AwsError(one.code, one.message)

    def _use(self, one: Mishap) -> None:
        if one.times is not None:
            one.times -= 1
            if one.times <= 0:
                self._mishaps.remove(one)
