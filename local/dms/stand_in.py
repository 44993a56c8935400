"""`StandIn`: the DMS of one account and region, as an object that serves and can be told to go wrong."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from local.dms import endpoints, instances, offerings, serverless, subnet_groups, tagging, tasks, words
from local.dms.account import Account
from local.dms.faults import AwsError, Deny, Faults
from local.dms.operations import OPERATIONS
from local.dms.server import DmsServer
from local.dms.service_model import DmsModel
from local.dms.world import Delays, World

# The modules whose import registers the operations.
AREAS = (subnet_groups, offerings, instances, tagging, endpoints, tasks, serverless)


class StandIn:
    """A DMS beside the services of `account`. Use as a context manager, or `start` and `stop`.

    `time_factor` 1.0 takes AWS's own time over everything; `names` resolves server names of endpoints.
    """

    def __init__(
        self,
        account: Account,
        *,
        time_factor: float = 1.0,
        delays: Delays | None = None,
        port: int = 0,
        names: Mapping[str, tuple[str, int]] | None = None,
    ) -> None:
        self.account = account
        self.world = World(account, time_factor, delays or Delays(), names=dict(names or {}))
        self.calls: list[str] = []
        self.violations: list[str] = []
        self.answered: defaultdict[str, set[str]] = defaultdict(set)
        self._model = DmsModel()
        self._port = port
        self._server: DmsServer | None = None

    @property
    def faults(self) -> Faults:
        return self.world.faults

    @property
    def names(self) -> dict[str, tuple[str, int]]:
        return self.world.names

    @property
    def quotas(self) -> dict[str, int]:
        return self.world.quotas

    @property
    def model(self) -> DmsModel:
        return self._model

    @property
    def url(self) -> str:
        """Where it listens, once started."""
        if self._server is None:
            raise RuntimeError("the stand-in is not started")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> Self:
        """Begin to serve, from a thread; returns itself."""
        self._server = DmsServer(self._port, self._model.target_prefix, self.answer)
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="dms", daemon=True)
        thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and moving rows; what is in memory is gone."""
        self.world.closing.set()
        for thread in self.world.threads:
            thread.join(timeout=120)
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def client(self) -> Any:
        """A boto3 client of this DMS."""
        return self.account.client_at("dms", self.url)

    def tasks_running(self) -> list[str]:
        """Identifiers of tasks and replications that move rows now."""
        with self.world.lock:
            return [one.identifier for one in (*self.world.tasks, *self.world.configs) if one.status == "running"]

    def answer(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Do an operation as the model describes it. Raises: AwsError."""
        if operation not in self._model.operations:
            raise AwsError("UnknownOperationException", "")
        self.calls.append(operation)
        try:
            return self._answer(operation, request)
        except AwsError as error:
            self.violations += self._model.check_fault(error.code, operation)
            raise

    def _answer(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        self.faults.before(operation)
        if self.faults.find(Deny, operation=operation):
            arn = self.world.arn("*", "*")
            said = words.NOT_AUTHORIZED.format(caller=self.account.caller(), operation=operation, resource=arn)
            raise AwsError("AccessDeniedException", said)
        self._model.check_request(operation, request)
        if operation not in OPERATIONS:
            raise AwsError("InternalFailure", f"the local stand-in has no {operation}")
        with self.world.lock:
            answer = OPERATIONS[operation](self.world, request)
        checked = self._model.check_answer(operation, answer)
        self.violations += checked.violations
        self.answered[operation] |= checked.paths
        return checked.body
