"""The demo from nothing to a proved migration: servers, data, Airflow, run, report, independent comparison.

Airflow comes up while the source is filled. A run that still goes on is followed and not started twice.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from local.airflow_client import ConnectionParams
from local.airflow_instance import ROOT, AirflowInstance
from local.debian import exclusive
from local.demo.case import Case, Wish, choose, fill_source, make_room, present_on, write_migration
from local.demo.control import ControlReader
from local.demo.down import airflow_home
from local.demo.follow import follow, show_failures
from local.demo.report import print_report
from local.demo.screen import Screen
from local.login import Login
from local.mysqld import Server, write_private
from local.oracle import Comparison, ServerParams, compare_databases
from local.servers import Pair, pair_up, read_endpoints

UI_PORT = 8080
TLS = json.dumps({"ssl_mode": "REQUIRED"})


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that is up, and what is to be migrated on it."""

    pair: Pair
    airflow: AirflowInstance
    case: Case
    databases: list[str]


def up(console: Console, wish: Wish) -> int:
    """Start what is missing, migrate, follow, report, compare; 0 only if the run is green and the oracle
    agrees.

    Raises:
        LocalError: something did not start, or the dump cannot be loaded.
    """
    wish.folder.mkdir(parents=True, exist_ok=True)
    with exclusive(wish.folder / "demo.lock"):  # a second demo at the same time follows the first one's run
        stage = set_up(console, wish)
        run_id = start_run(console, stage)
    client, dag_id = stage.airflow.client, stage.case.dag_id
    control = ControlReader(stage.pair.target_login, stage.case.name, run_id)
    try:
        with Screen(console) as screen:
            state = follow(client, dag_id, run_id, control, screen)
            if state != "success":
                show_failures(client, dag_id, run_id, screen)
        print_report(console, control)
    finally:
        control.close()
    if state != "success":
        console.print(Text("\nThe run failed; nothing is claimed about the target.", "bold red"))
        print_where(console, stage, run_id)
        return 1
    comparison = compare(console, stage)
    print_where(console, stage, run_id)
    return 0 if comparison.equal else 1


def set_up(console: Console, wish: Wish) -> Stage:
    """Servers, Airflow and the source's data, whatever of it is missing."""
    started = time.monotonic()
    case = choose(wish)
    console.print(Text("MySQL to Aurora: the demo", "bold"))
    make_room(wish)
    pair = pair_up(wish.folder)
    version = pair.source.dist.version
    console.print(
        f"  ✓ MySQL {version}, twice: the source, and a target whose admin holds what Aurora's admin holds"
    )
    case.migrations.mkdir(parents=True, exist_ok=True)
    airflow = instance_of(wish.folder, pair, case)
    if wish.dump is not None:
        end_active_runs(airflow, case)
    if not is_at_work(airflow, case):
        airflow.begin()
    databases = fill_source(wish, pair)
    write_migration(wish, case, databases)
    console.print(Text(f"  ✓ data on the source: {', '.join(databases)}"))
    airflow.finish()
    if wish.dump is not None:
        end_active_runs(airflow, case)
    write_endpoints(wish.folder, airflow)
    console.print(f"  ✓ Airflow at {airflow.url} (login {airflow.user} / {airflow.password})")
    airflow.client.wait_for_dag(case.dag_id)
    airflow.client.unpause(case.dag_id)
    console.print(f"  ✓ ready after {time.monotonic() - started:.0f} s\n")
    return Stage(pair, airflow, case, databases)


def instance_of(folder: Path, pair: Pair, case: Case) -> AirflowInstance:
    """The demo's Airflow with its two connections; nothing is started by this."""
    connections = {"source_mysql": params(pair.source_login), "target_aurora": params(pair.target_login)}
    return AirflowInstance(
        airflow_home(folder),
        ROOT / "dags",
        ROOT / "plugins",
        connections,
        migrations=case.migrations,
        preferred_port=UI_PORT,
    )


def params(login: Login) -> ConnectionParams:
    """An Airflow connection over TLS for a login."""
    return ConnectionParams(login.host, login.port, login.user, login.password, extra=TLS)


def write_endpoints(folder: Path, airflow: AirflowInstance) -> None:
    """Add Airflow to the file that tells other programs where things are."""
    known = read_endpoints(folder)
    known["airflow"] = {"url": airflow.url, "user": airflow.user, "password": airflow.password}
    write_private(folder / "endpoints.json", json.dumps(known, indent=2) + "\n")


def is_at_work(airflow: AirflowInstance, case: Case) -> bool:
    """Whether a run goes on: Airflow is then left alone, even if its code has changed since."""
    healthy = airflow.is_running() and not airflow.client.unhealthy()
    return healthy and airflow.client.active_run(case.dag_id) is not None


def end_active_runs(airflow: AirflowInstance, case: Case) -> None:
    """A run that began on data that has been, or will be, replaced is of no use to anybody."""
    while is_at_work(airflow, case):
        airflow.client.fail_run(case.dag_id, str(airflow.client.active_run(case.dag_id)))


def start_run(console: Console, stage: Stage) -> str:
    """Trigger the migration, or take up the run that still goes on; returns its id."""
    client, dag_id = stage.airflow.client, stage.case.dag_id
    if active := client.active_run(dag_id):
        console.print(Text(f"{dag_id}: the run {active} still goes on and is followed", "bold"))
        return active
    again = present_on(stage.pair.target_login, stage.databases)
    conf = {"target_table_prep_mode": "drop-and-create"} if again else {}
    run_id = client.trigger(dag_id, conf)
    mode = ", replacing what the target holds (drop-and-create)" if again else ""
    console.print(Text(f"{dag_id}: run {run_id}{mode}", "bold"))
    return run_id


def compare(console: Console, stage: Stage) -> Comparison:
    """Compare both servers with the oracle, which knows nothing of the engine."""
    console.print(Text("\nIndependent comparison, row by row", "bold"))
    comparison = compare_databases(
        root_of(stage.pair.source), root_of(stage.pair.target), stage.databases, examples=5
    )
    console.print(Text(f"  {comparison}", "bold green" if comparison.equal else "bold red"))
    return comparison


def root_of(server: Server) -> ServerParams:
    """A server as root sees it: everything."""
    return ServerParams("127.0.0.1", server.port, "root", server.root_password)


def print_where(console: Console, stage: Stage, run_id: str) -> None:
    """Where to look now, and how to stop."""
    airflow = stage.airflow
    console.print(f"\nAirflow stays up: {airflow.url}/dags/{stage.case.dag_id}/runs/{run_id}")
    console.print(
        f"  login {airflow.user} / {airflow.password}; the servers' are in {stage.pair.folder}/endpoints.json"
    )
    console.print("  `make demo` migrates again, `make demo-down` stops everything")
