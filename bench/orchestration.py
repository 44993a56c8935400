"""Measures what Airflow costs beside the work: ``python -m bench.orchestration``, on servers of its own.

Three things: mapped tasks that do nothing, a thousand tiny tables migrated end to end by the real DAG, and what
the engine itself takes for a mebibyte, a chunk, a key range and a question while planning. The figures go to
`bench/results/scaling.json`, from which `bench.simulate` reckons, and from there into docs/scaling.md; the load
average that stands beside them says how far to trust them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bench import page, scaling_page
from bench.engine_costs import measure_engine
from bench.simulate import CONSTANTS
from local import sessions
from local.airflow_client import ConnectionParams
from local.airflow_instance import ROOT, AirflowInstance, read_record
from local.servers import Pair, pair_down, pair_up

PARTS: Final = ("engine", "nothing", "tiny")
NOTHING_TASKS: Final = 40
AT_ONCE: Final = 2
RUN_SECONDS: Final = 1200
_NOTHING = f"""
from airflow.sdk import DAG, task

with DAG("nothing", schedule=None, catchup=False) as dag:

    @task
    def numbers():
        return list(range({NOTHING_TASKS}))

    @task(max_active_tis_per_dagrun={AT_ONCE})
    def nothing(number):
        return number

    nothing.expand(number=numbers())
"""
_TINY = """
name: tiny
source: {connection: source_mysql}
target: {connection: target_aurora}
selection: [{include: "tiny.*"}]
accounts: {mode: skip}
load: {parallel_units: 2}
"""


def run_dag(airflow: AirflowInstance, dag_id: str) -> dict[str, Any]:
    """Run a DAG to its end: seconds by Airflow's own clock, and how many rows its database has more."""
    client = airflow.client
    client.wait_for_dag(dag_id)
    client.unpause(dag_id)
    before, used, started = metadata_rows(airflow), cpu_seconds(airflow), time.time()
    run_id = client.trigger(dag_id)
    state = client.wait_for_run(dag_id, run_id, RUN_SECONDS)
    if state != "success":
        raise RuntimeError(f"{dag_id} ended as {state}: {airflow.log_tail(5)}")
    tasks = client.task_instances(dag_id, run_id)
    after = metadata_rows(airflow)
    more = {name: count - before.get(name, 0) for name, count in after.items() if count > before.get(name, 0)}
    return {
        "wall": max(_at(one["end_date"]) for one in tasks) - started,
        "cpu_seconds": cpu_seconds(airflow) - used,
        "tasks": len(tasks),
        "durations": {f"{one['task_id']}[{one['map_index']}]": one["duration"] for one in tasks},
        "starts": {f"{one['task_id']}[{one['map_index']}]": _at(one["start_date"]) - started for one in tasks},
        "rows": more,
    }


def metadata_rows(airflow: AirflowInstance) -> dict[str, int]:
    """Rows in each table of Airflow's database."""
    with sqlite3.connect(f"file:{next(airflow.home.glob('*.db'))}?mode=ro", uri=True) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in names}


def cpu_seconds(airflow: AirflowInstance) -> float:
    """Processor time of all of Airflow's processes so far, ended tasks included."""
    record = read_record(airflow.home)
    ticks = 0
    for pid in sessions.members(record.leader) if record else []:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])  # its own, and of children that have ended
    return ticks / os.sysconf("SC_CLK_TCK")


def task_cost(found: Mapping[str, Any]) -> dict[str, float]:
    """Seconds of a slot for each mapped task that does nothing."""
    starts = [at for name, at in found["starts"].items() if name.startswith("nothing")]
    durations = [seconds for name, seconds in found["durations"].items() if name.startswith("nothing")]
    return {
        "slot_seconds": (max(starts) - min(starts)) * AT_ONCE / (len(starts) - AT_ONCE),
        "median_duration": statistics.median(durations),
        "longest_duration": max(durations),
        "cpu_seconds": found["cpu_seconds"] / found["tasks"],
    }


def make_tiny_tables(pair: Pair, number: int) -> None:
    """A database ``tiny`` of that many tables of ten rows, with a secondary index each."""
    with pair.source.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE tiny")
        for n in range(number):
            cursor.execute(f"CREATE TABLE tiny.t{n:04} (id INT PRIMARY KEY, v VARCHAR(20), KEY (v))")
            cursor.execute(f"INSERT INTO tiny.t{n:04} VALUES " + ", ".join(f"({i}, 'v{i}')" for i in range(10)))
        connection.commit()


def measure(folder: Path, parts: Sequence[str], tables: int, rounds: int) -> dict[str, Any]:
    """The parts that are asked for, each with the machine's load average at its end."""
    options = {"innodb_flush_log_at_trx_commit": "2", "sync_binlog": "0", "innodb_buffer_pool_size": "1G"}
    pair = pair_up(folder / "pair", source_options=options, target_options=options)
    airflow = _airflow(folder, pair)
    found: dict[str, Any] = {"machine": page.machine(), "mysql": pair.source.dist.version}
    try:
        if tables:
            make_tiny_tables(pair, tables)
        if "engine" in parts:
            found["engine"] = {"rounds": rounds, **measure_engine(pair, rounds), "load_average": _load()}
        if {"nothing", "tiny"} & set(parts):
            airflow.start()
        if "nothing" in parts:
            costs = [task_cost(run_dag(airflow, "nothing")) for _ in range(rounds)]
            found["nothing"] = {"rounds": costs, "load_average": _load()}
        if "tiny" in parts:
            found["tiny"] = {"tables": tables, **run_dag(airflow, "tiny.migrate"), "load_average": _load()}
    finally:
        airflow.remove()
        pair_down(folder / "pair")
    return found


def constants(found: Mapping[str, Any]) -> dict[str, float]:
    """What `bench.simulate` reckons with, once every part has been measured.

    A task's slot is reckoned by processor time: other people's work on the machine stretches it least.
    """
    tiny = found["tiny"]
    return {
        **found["engine"]["constants"],
        "task_seconds": statistics.median(cost["cpu_seconds"] for cost in found["nothing"]["rounds"]),
        "metadata_rows_a_task": sum(tiny["rows"].values()) / tiny["tasks"],
        "xcom_rows_a_task": tiny["rows"].get("xcom", 0) / tiny["tasks"],
    }


def _load() -> float:
    return round(os.getloadavg()[1], 1)


def _airflow(folder: Path, pair: Pair) -> AirflowInstance:
    logins = {"source_mysql": pair.source_login, "target_aurora": pair.target_login}
    connections = {
        name: ConnectionParams(end.host, end.port, end.user, end.password, extra='{"ssl_mode": "REQUIRED"}')
        for name, end in logins.items()
    }
    dags, migrations = folder / "dags", folder / "migrations"
    for place in (dags, migrations):
        place.mkdir()
    (dags / "nothing.py").write_text(_NOTHING)
    (dags / "migrate.py").symlink_to(ROOT / "dags" / "migrate.py")
    (migrations / "tiny.yaml").write_text(_TINY)
    return AirflowInstance(folder / "airflow", dags, ROOT / "plugins", connections, migrations=migrations)


def _at(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.orchestration", description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="the others stay as they were")
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--result", type=Path, default=CONSTANTS)
    chosen = parser.parse_args(arguments)
    found = json.loads(chosen.result.read_text(encoding="utf-8")) if chosen.result.exists() else {}
    with tempfile.TemporaryDirectory(prefix="orchestration-") as folder:
        found |= measure(Path(folder), chosen.parts, chosen.tables, chosen.rounds)
    if set(PARTS) <= set(found):
        found["constants"] = constants(found)
    chosen.result.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if chosen.result.resolve() == CONSTANTS.resolve() and set(PARTS) <= set(found):
        scaling_page.write()
    print(json.dumps(found.get("constants", {}), indent=2))
    if "tiny" in chosen.parts:
        tiny = found["tiny"]
        print(f"{chosen.tables} tiny tables: {tiny['wall']:.1f} s, load average {tiny['load_average']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
