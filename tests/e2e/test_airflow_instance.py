"""An instance starts, works, tells the truth about failures, hides its secrets, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from local import LocalError, airflow_instance, sessions
from local.airflow_client import ConnectionParams
from local.airflow_config import is_free
from local.airflow_instance import AirflowInstance, read_record, stop_folder
from tests.e2e.conftest import StartAirflow
from tests.e2e.runs import DAG_SECONDS, RUN_SECONDS

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.servers,
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.timeout(7200),
]

DAGS = Path(__file__).parent / "dags"


@pytest.fixture(scope="module")
def instance(
    start_airflow: StartAirflow,
    pair_connections: Mapping[str, ConnectionParams],
    tmp_path_factory: pytest.TempPathFactory,
) -> AirflowInstance:
    """One instance with the probe DAG, unpaused."""
    instance = start_airflow(pair_connections, dags=DAGS, plugins=tmp_path_factory.mktemp("plugins"))
    instance.client.wait_for_dag("probe", DAG_SECONDS, DAG_SECONDS)
    instance.client.unpause("probe")
    return instance


def test_a_run_reads_through_its_connection_and_its_values_come_back(instance: AirflowInstance) -> None:
    seen: list[int] = []
    run_id = instance.client.trigger("probe")
    state = instance.client.wait_for_run("probe", run_id, RUN_SECONDS, lambda tasks: seen.append(len(tasks)))
    assert state == "success", instance.log_tail()
    assert instance.client.xcom("probe", run_id, "end") == "value 42 14"
    assert instance.client.xcom("probe", run_id, "square", map_index=2) == 9
    assert len(instance.client.task_instances("probe", run_id)) == 5
    assert seen


def test_a_failed_task_is_named_its_log_is_read_and_clearing_runs_it_again(instance: AirflowInstance) -> None:
    client = instance.client
    run_id = client.trigger("probe", {"fail": True})
    assert client.wait_for_run("probe", run_id, RUN_SECONDS) == "failed"
    failed = [each for each in client.task_instances("probe", run_id) if each["state"] == "failed"]
    assert [each["task_id"] for each in failed] == ["end"]
    assert "asked to fail" in "\n".join(client.log("probe", run_id, "end", failed[0]["try_number"]))
    client.clear("probe", run_id, "end")
    assert client.wait_for_run("probe", run_id, RUN_SECONDS) == "failed"
    tries = [each["try_number"] for each in client.task_instances("probe", run_id) if each["task_id"] == "end"]
    assert tries == [2]


def test_an_unknown_dag_is_reported_with_a_reason(instance: AirflowInstance) -> None:
    with pytest.raises(LocalError, match=r"no DAG missing\.migrate after [1-9]\d* s: no import errors"):
        instance.client.wait_for_dag("missing.migrate", timeout=1)


def test_no_secret_shows_in_environment_command_line_or_readable_file(
    instance: AirflowInstance, pair_connections: Mapping[str, ConnectionParams]
) -> None:
    record = read_record(instance.home)
    assert record is not None
    hidden = [instance.password.encode(), *(each.password.encode() for each in pair_connections.values())]
    looked_at = 0
    for pid in sessions.members(record.leader):
        try:
            shown = Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):  # one that had read a DAG file has ended
            continue
        assert not [secret for secret in hidden if secret in shown]
        looked_at += bool(shown)
    assert looked_at >= 5
    assert instance.home.stat().st_mode & 0o077 == 0


def test_another_shell_takes_it_up_as_it_is(
    instance: AirflowInstance,
    pair_connections: Mapping[str, ConnectionParams],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(airflow_instance, "COMING_UP_SECONDS", 1e9)  # however busy, it is not taken for a sick one
    record = read_record(instance.home)
    again = AirflowInstance(instance.home, DAGS, instance.plugins, pair_connections)
    again.start()
    assert read_record(instance.home) == record
    assert again.url == instance.url
    changed = AirflowInstance(instance.home, DAGS, instance.plugins, migrations=DAGS)
    assert not changed.is_current(), "another folder of migrations needs a restart"


def test_stopping_leaves_no_process_and_no_port_even_where_the_parent_died(
    start_airflow: StartAirflow, tmp_path: Path
) -> None:
    instance = start_airflow({}, dags=DAGS, plugins=tmp_path)
    record = read_record(instance.home)
    assert record is not None
    os.kill(record.leader.pid, signal.SIGKILL)
    while instance.is_running():
        time.sleep(0.01)
    assert len(sessions.members(record.leader)) >= 4, "the children live on without their parent"
    stop_folder(instance.home)
    assert sessions.members(record.leader) == []
    assert is_free(record.port)
