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
child("0.2", "1", "1.5", "airflow worker -- {TASK}").wait()
for one in stay: one.stdout.readline()
for _ in range(10):
    subprocess.run([sys.executable, "-S", "-c", "sum(range(300000))"], check=True)
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
    with SessionWatch(sessions.leader_of(leader.pid), 0.05) as watch:
        print(file=leader.stdin, flush=True)
        assert leader.stdout.readline() == "done\n"
    found = {one.name: one for one in watch.usages({TASK: "load"})}
    assert 0.5 <= found["scheduler"].cpu < 0.8
    assert 60 < found["scheduler"].peak_mib < 90
    assert 0.4 <= found["task load"].cpu < 0.9, "both, the one that has ended too"
    assert 40 < found["task load"].peak_mib < 60
    assert found["standalone"].cpu < 0.3
    assert sum(found[name].cpu for name in (REST, "others") if name in found) > 0.05


def _cpu(pid: int) -> float:
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[11:13])) / TICKS
