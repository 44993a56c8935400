"""Sessions are ended whole, and nothing that is not ours is touched; a private Airflow's files are private."""

from __future__ import annotations

import configparser
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local import process, sessions
from local.airflow_config import Ports, free_ports, is_free, keep_secrets, settings, write_config

# A parent with a child in the same group and another in a group of its own that ignores the polite signal.
FAMILY = """
import os, signal, sys, time
if os.fork() == 0:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
elif os.fork() == 0:
    pass
print("up", flush=True)
time.sleep(3600)
"""


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 240
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def family(tmp_path: Path) -> sessions.Leader:
    """Three processes of one session whose command line holds the word airflow."""
    output = tmp_path / "output"
    pid = process.launch([sys.executable, "-c", FAMILY, "airflow"], output, dict(os.environ))
    wait_for(lambda: output.read_text().count("up") == 3)
    return sessions.leader_of(pid)


def test_a_session_is_ended_whole_even_who_ignores_the_polite_signal(
    family: sessions.Leader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "POLITE_SECONDS", 0.5)
    assert sessions.is_alive(family)
    assert len(sessions.members(family)) == 3
    sessions.end(family)
    assert sessions.members(family) == []
    assert not sessions.is_alive(family)


def test_orphans_of_a_dead_leader_are_ended(family: sessions.Leader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "POLITE_SECONDS", 0.5)
    os.kill(family.pid, 9)
    wait_for(lambda: not sessions.is_alive(family))
    assert len(sessions.members(family)) == 2
    sessions.end(family)
    assert sessions.members(family) == []


def test_a_reused_pid_is_not_ours(family: sessions.Leader, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = sessions.Leader(family.pid, family.start - 1)
    assert not sessions.is_alive(stranger)
    sessions.end(stranger)
    assert sessions.is_alive(family), "the process that now has the PID lives on"
    monkeypatch.setattr(sessions, "POLITE_SECONDS", 0.5)
    sessions.end(family)


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    known = keep_secrets(tmp_path)
    assert keep_secrets(tmp_path) == known
    assert len(known.jwt_secret) >= 64
    assert known.password not in repr(known)
    folder = tmp_path / "100% dags"
    write_config(tmp_path, settings(tmp_path, folder, folder, Ports(1, 2, 3), known), known)
    for name in ("secrets.json", "airflow.cfg", "passwords.json"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    parser = configparser.ConfigParser()
    parser.read(tmp_path / "airflow.cfg")
    assert parser["core"]["dags_folder"] == str(folder), "Airflow's own interpolation gives the folder back"
    assert parser["workers"]["execution_api_timeout"] == "60"
    assert json.loads((tmp_path / "passwords.json").read_text()) == {"admin": known.password}


def test_three_different_free_ports_and_the_preferred_one_where_it_is_free() -> None:
    ports = free_ports()
    assert len({ports.api, ports.worker_log, ports.trigger_log}) == 3
    assert is_free(ports.api)
    assert free_ports(ports.api).api == ports.api
