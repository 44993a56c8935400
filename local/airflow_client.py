"""Airflow's REST API, as much of it as a demo and a test need: log in, set up, trigger, watch, read.

The command line costs seconds a call, this costs milliseconds. A token is fetched when there is none or the
old one has run out. Reads are repeated when the server stumbles (SQLite's lock answers 500); writes are not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from local import LocalError

Json = dict[str, Any]
READ_ATTEMPTS = 5
WRITE_ATTEMPTS = 20
# What a log entry carries beside its words: shown otherwise, or the same for every entry of a task.
LOG_FRAME = frozenset((
    "timestamp", "level", "event", "error_detail", "logger", "filename", "lineno", "loc", "exc_info",
    "dag_id", "run_id", "task_id", "map_index", "try_number", "ti_id",
))  # fmt: skip
# Seconds after which a missing DAG and an import error are taken for cause and effect.
PATIENCE = 40.0
FINISHED = frozenset({"success", "failed"})
COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


@dataclass(frozen=True, slots=True)
class ConnectionParams:
    """An Airflow connection; the password never appears in its text form."""

    host: str
    port: int
    login: str
    password: str = field(repr=False)
    schema: str = ""
    extra: str = "{}"
    conn_type: str = "mysql"


class AirflowClient:
    """One user's session with one API server."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        self._login = {"username": user, "password": password}
        # no idle connections are kept: a client that nobody closes then leaves nothing open
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False, limits=limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the sockets back."""
        self._http.close()

    # -- the server ------------------------------------------------------------------------------------------

    def unhealthy(self) -> tuple[str, ...]:
        """The components that are not healthy; all of them while the server does not answer."""
        try:
            answer = self._http.get("/api/v2/monitor/health", timeout=10)
            known = answer.json() if answer.status_code == 200 else {}
        except (httpx.TransportError, ValueError):
            known = {}
        return tuple(name for name in COMPONENTS if (known.get(name) or {}).get("status") != "healthy")

    def warm_up(self) -> None:
        """Make the server build its execution API now.

        The first request to it takes seconds; were it a task's, SQLite could keep that task `running` for
        ever.
        """
        self._http.get("/execution/health", timeout=120).raise_for_status()

    def import_errors(self) -> list[str]:
        """Why DAG files or plugins could not be imported, one text for each file."""
        errors = self.get("/api/v2/importErrors")["import_errors"]
        texts = [f"{error['filename']}: {error['stack_trace'].strip()}" for error in errors]
        plugins = self.get("/api/v2/plugins/importErrors")["import_errors"]
        return texts + [f"{error['source']}: {error['error']}" for error in plugins]

    def put_connection(self, connection_id: str, params: ConnectionParams) -> None:
        """Make the connection, or change it where it exists."""
        body = {
            "connection_id": connection_id,
            "conn_type": params.conn_type,
            "host": params.host,
            "port": params.port,
            "login": params.login,
            "password": params.password,
            "schema": params.schema,
            "extra": params.extra,
        }
        for attempt in range(1, WRITE_ATTEMPTS + 1):  # to write it twice does no harm
            answer = self._request("POST", "/api/v2/connections", body)
            if answer.status_code == 409:
                answer = self._request("PATCH", f"/api/v2/connections/{quote(connection_id, safe='')}", body)
            if answer.status_code < 500:
                break
            time.sleep(0.3 * attempt)
        self._checked(answer)

    # -- DAGs and runs ---------------------------------------------------------------------------------------

    def wait_for_dag(self, dag_id: str, timeout: float = 600, patience: float = PATIENCE) -> None:
        """Return once the DAG has been parsed.

        Raises:
            LocalError: it was not within `timeout` seconds, or within `patience` while there are import errors,
                which the text holds.
        """
        started = time.monotonic()
        while self._request("GET", f"/api/v2/dags/{quote(dag_id, safe='')}").status_code == 404:
            waited = time.monotonic() - started
            errors = self.import_errors() if waited > min(patience, timeout) else []
            if errors or waited > timeout:
                reasons = "\n".join(errors) or "no import errors"
                raise LocalError(f"Airflow has no DAG {dag_id} after {waited:.0f} s: {reasons}")
            time.sleep(0.5)

    def unpause(self, dag_id: str) -> None:
        """Let the DAG's runs start."""
        self.send("PATCH", f"/api/v2/dags/{quote(dag_id, safe='')}", {"is_paused": False})

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
        """Start a run with these params and return its id."""
        body = {"logical_date": None, "conf": dict(conf or {})}
        return str(self.send("POST", f"/api/v2/dags/{quote(dag_id, safe='')}/dagRuns", body)["dag_run_id"])

    def runs(self, dag_id: str) -> list[Json]:
        """The DAG's latest runs, newest first; none for a DAG that is not known."""
        path = f"/api/v2/dags/{quote(dag_id, safe='')}/dagRuns"
        answer = self._request("GET", path, query={"order_by": "-run_after", "limit": 50})
        return [] if answer.status_code == 404 else list(self._checked(answer)["dag_runs"])

    def active_run(self, dag_id: str) -> str | None:
        """The id of the DAG's newest run that has not ended, None where all have."""
        return next((str(run["dag_run_id"]) for run in self.runs(dag_id) if run["state"] not in FINISHED), None)

    def fail_run(self, dag_id: str, run_id: str) -> None:
        """End a run: its tasks are stopped and it is marked as failed."""
        self.send("PATCH", self._run(dag_id, run_id), {"state": "failed"})

    def run_state(self, dag_id: str, run_id: str) -> str:
        """The run's state: queued, running, success or failed."""
        return str(self.get(self._run(dag_id, run_id))["state"])

    def task_instances(self, dag_id: str, run_id: str) -> list[Json]:
        """Every task instance of a run, mapped ones one by one."""
        found: list[Json] = []
        while True:
            query = {"limit": 100, "offset": len(found)}
            page = self.get(self._run(dag_id, run_id) + "/taskInstances", query)
            found += page["task_instances"]
            if not page["task_instances"] or len(found) >= page["total_entries"]:
                return found

    def wait_for_run(
        self, dag_id: str, run_id: str, timeout: float, watch: Callable[[list[Json]], None] | None = None
    ) -> str:
        """Return the run's final state; `watch` gets the task instances about twice a second.

        Raises:
            LocalError: the run did not end within `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while (state := self.run_state(dag_id, run_id)) not in FINISHED:
            if watch:
                watch(self.task_instances(dag_id, run_id))
            if time.monotonic() > deadline:
                raise LocalError(f"the run {run_id} of {dag_id} is still {state} after {timeout:.0f} s")
            time.sleep(0.5)
        if watch:
            watch(self.task_instances(dag_id, run_id))
        return state

    def xcom(self, dag_id: str, run_id: str, task_id: str, map_index: int = -1, key: str = "return_value") -> Any:
        """The value a task handed over.

        Raises:
            LocalError: it handed over none under that key.
        """
        path = self._task(dag_id, run_id, task_id) + f"/xcomEntries/{quote(key, safe='')}"
        return self.get(path, {"map_index": map_index, "deserialize": "true"})["value"]

    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int, map_index: int = -1) -> list[str]:
        """A task's log, one text line for each entry."""
        path = self._task(dag_id, run_id, task_id) + f"/logs/{try_number}"
        entries = self.get(path, {"map_index": map_index, "full_content": "true"})["content"]
        return [log_line(entry) if isinstance(entry, dict) else str(entry) for entry in entries]

    def clear(
        self, dag_id: str, run_id: str, task_id: str, map_index: int | None = None, *, downstream: bool = True
    ) -> None:
        """Make a task (of a mapped one: one index, or all) run again, and with it everything after it."""
        task: str | list[Any] = task_id if map_index is None else [task_id, map_index]
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": [task],
            "only_failed": False,
            "include_downstream": downstream,
            "reset_dag_runs": True,
        }
        self.send("POST", f"/api/v2/dags/{quote(dag_id, safe='')}/clearTaskInstances", body)

    # -- requests --------------------------------------------------------------------------------------------

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Json:
        """Read one resource.

        Raises:
            LocalError: the server refused or kept failing.
        """
        return self._checked(self._request("GET", path, query=query))

    def send(self, method: str, path: str, body: Json) -> Json:
        """Change something, once.

        Raises:
            LocalError: the server refused or failed.
        """
        return self._checked(self._request(method, path, body))

    @staticmethod
    def _run(dag_id: str, run_id: str) -> str:
        return f"/api/v2/dags/{quote(dag_id, safe='')}/dagRuns/{quote(run_id, safe='')}"

    def _task(self, dag_id: str, run_id: str, task_id: str) -> str:
        return f"{self._run(dag_id, run_id)}/taskInstances/{quote(task_id, safe='')}"

    def _request(
        self, method: str, path: str, body: Json | None = None, query: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        attempts = READ_ATTEMPTS if method == "GET" else 1
        for attempt in range(1, attempts + 1):
            try:
                answer = self._send_with_token(method, path, body, query)
                if answer.status_code < 500 or attempt == attempts:
                    return answer
            except httpx.TransportError:
                if attempt == attempts:
                    raise
            time.sleep(0.3 * attempt)
        raise AssertionError("the last attempt returns or raises")

    def _send_with_token(
        self, method: str, path: str, body: Json | None, query: Mapping[str, Any] | None
    ) -> httpx.Response:
        if "Authorization" not in self._http.headers:
            self._fetch_token()
        answer = self._http.request(method, path, json=body, params=query)
        if answer.status_code == 401:
            self._fetch_token()
            answer = self._http.request(method, path, json=body, params=query)
        return answer

    def _fetch_token(self) -> None:
        self._http.headers.pop("Authorization", None)
        token = self._checked(self._http.post("/auth/token", json=self._login))["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    @staticmethod
    def _checked(answer: httpx.Response) -> Json:
        """The body of a good answer; a bad one's own words, without what was sent (it may hold a password)."""
        if answer.is_success:
            body: Json = answer.json() if answer.content else {}
            return body
        try:
            detail = answer.json().get("detail", "")
        except (ValueError, AttributeError):
            detail = answer.text[:300]
        if isinstance(detail, list):
            detail = "; ".join(f"{'.'.join(map(str, item.get('loc', [])))}: {item.get('msg')}" for item in detail)
        raise LocalError(
            f"Airflow: {answer.request.method} {answer.request.url.path}: {answer.status_code} {detail}"
        )


def log_line(entry: Json) -> str:
    """One structured log entry as text: time, level, words, then what else it carries."""
    when, level = str(entry.get("timestamp") or "")[11:19], str(entry.get("level") or "").upper()
    rest = [f"{name}={value}" for name, value in entry.items() if name not in LOG_FRAME]
    text = " ".join(part for part in [when, level, str(entry.get("event", "")), *rest] if part)
    for error in entry.get("error_detail") or []:
        text += f"\n    {error.get('exc_type')}: {error.get('exc_value')}"
    return text
