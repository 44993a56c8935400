"""A session's processes are told by what they are, with all that they used, those that have ended too."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.processes import TICKS
from bench.session_watch import REST, SessionWatch, role
from local import sessions
from tests.processor import slower

TASK = "0198a7c1-2222-7333-8444-0123456789ab"
BURN = """import sys, time
until = time.process_time() + float(sys.argv[1])
while time.process_time() < until: pass
"""
CHILD = (
    f"{BURN}held = bytearray(int(sys.argv[2]) << 20)\nprint('there', flush=True)\ntime.sleep(float(sys.argv[3]))"
)
LEADER = f"""import subprocess
{BURN}
sys.stdin.readline()
def child(*words): return subprocess.Popen([sys.executable, sys.argv[2], *words], stdout=subprocess.PIPE)
stay = [child("0.5", "60", "60", "airflow", "scheduler"), child("0.3", "40", "60", "airflow worker -- {TASK}")]
stay += [child("0.2", "1", "60", "airflow worker -- {TASK}")]
for one in stay: one.stdout.readline()
print("used", flush=True)
sys.stdin.readline()
stay[-1].kill()
stay.pop().wait()
for _ in range(10):
    subprocess.run([sys.executable, "-S", sys.argv[2], "0.02", "0", "0"], check=True, capture_output=True)
print("done", flush=True)
sys.stdin.readline()
for one in stay: one.kill()
"""


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("/x/.venv/bin/python -m airflow standalone", "standalone"),
        ("/x/bin/python /x/.venv/bin/airflow scheduler ", "scheduler"),
        ("airflow api_server -- host:127.0.0.1 port:30100", "API server"),
        ("/x/bin/python /x/bin/airflow dag-processor", "DAG processor"),
        ("airflow serve-logs", "log servers"),
        ("airflow worker -- LocalExecutor: <idle>", "executor and supervisors"),
        ("airflow supervisor: bench.migrate.load", "executor and supervisors"),
        (f"airflow worker -- {TASK}", "task load"),
        (f"airflow worker -- {TASK.replace('a', 'b')}", "task of another run"),
        ("sleep 5", "others"),
        ("", "others"),
    ],
)
def test_a_process_is_what_its_title_says(command: str, expected: str) -> None:
    assert role(command, {TASK: "load"}) == expected


@pytest.fixture
def leader(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    for name, text in (("leader.py", LEADER), ("child.py", CHILD)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = [sys.executable, f"{tmp_path}/leader.py", "0.4", f"{tmp_path}/child.py", "airflow", "standalone"]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as started:
        yield started  # its end closes the standard input, which ends the leader


def test_what_every_kind_of_process_used(leader: subprocess.Popen[str]) -> None:
    while _cpu(leader.pid) < 0.4:  # what was before does not count
        time.sleep(0.05)
    assert leader.stdin is not None
    assert leader.stdout is not None
    beside = 0.3 * slower()  # what it may cost to begin and to end
    with SessionWatch(sessions.leader_of(leader.pid), 0.05) as watch:
        print(file=leader.stdin, flush=True)
        assert leader.stdout.readline() == "used\n"
        deadline = time.monotonic() + 120
        while not _seen(watch):  # before one of them ends
            assert time.monotonic() < deadline
            time.sleep(0.05)
        print(file=leader.stdin, flush=True)
        assert leader.stdout.readline() == "done\n"
    found = {one.name: one for one in watch.usages({TASK: "load"})}
    assert 0.5 <= found["scheduler"].cpu < 0.5 + beside
    assert 60 < found["scheduler"].peak_mib < 90
    assert 0.5 <= found["task load"].cpu < 0.5 + 2 * beside, "both, the one that has ended too"
    assert 40 < found["task load"].peak_mib < 60
    assert found["standalone"].cpu < beside
    assert sum(found[name].cpu for name in (REST, "others") if name in found) > 0.15


def _seen(watch: SessionWatch) -> bool:
    """Whether it has seen all that the processes of the tasks and the scheduler will use."""
    found = {one.name: one.cpu for one in watch.usages({TASK: "load"})}
    return found.get("scheduler", 0) >= 0.5 and found.get("task load", 0) >= 0.5


def _cpu(pid: int) -> float:
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[11:13])) / TICKS
