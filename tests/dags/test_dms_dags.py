"""The graphs of migrations that AWS DMS carries, as Airflow reads them: in order, offline, and without boto3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.dags.test_dags import _PARSE, ROOT

pytestmark = pytest.mark.airflow
_FILE = """
name: {name}
source: {{connection: a}}
target: {{connection: b}}
selection: [{{include: "x.*"}}]
engine: {engine}
cdc_engine: {changes}
type: {kind}
"""
FILES = {
    "full": ("dms", "null", "full-load"),
    "both": ("dms", "null", "full-load-and-cdc"),
    "later": ("native", "dms", "full-load-and-cdc"),
    "ours": ("dms", "native", "full-load-and-cdc"),
    "alone": ("native", "dms", "cdc"),
    "plain": ("native", "null", "full-load"),
}
BACK = "cutover: {rollback_window: true}\n"


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    base = tmp_path_factory.mktemp("parse")
    folder = base / "migrations"
    folder.mkdir()
    for name, (engine, changes, kind) in FILES.items():
        text = _FILE.format(name=name, engine=engine, changes=changes, kind=kind)
        (folder / f"{name}.yaml").write_text(text + (BACK if name == "later" else ""))
    done = subprocess.run(
        [sys.executable, "-c", _PARSE, str(ROOT / "dags"), str(folder)],
        env={
            **os.environ,
            "AIRFLOW_HOME": str(base / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "PYTHONPATH": str(ROOT / "plugins"),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    return {"heavy": result["heavy"], **result["found"][str(folder)]}


def test_parsing_imports_nothing_of_aws(parsed: dict[str, Any]) -> None:
    assert parsed["heavy"] == []
    assert parsed["dms"]["error"] == ""


def test_which_file_makes_which_graph(parsed: dict[str, Any]) -> None:
    assert set(parsed["dms"]["dags"]) == {
        "full.migrate",
        "full.dms_teardown",
        "both.migrate",
        "both.sync",
        "both.dms_teardown",
        "later.sync",
        "later.dms_teardown",
        "ours.migrate",
        "ours.dms_teardown",
        "alone.sync",
        "alone.dms_teardown",
    }
    assert set(parsed["migrate"]["dags"]) == {"later.migrate", "alone.migrate", "plain.migrate"}
    assert set(parsed["sync"]["dags"]) == {"ours.sync"}
    followed = {f"{name}.cutover" for name in ("both", "later", "ours", "alone")}
    assert set(parsed["cutover"]["dags"]) == followed


def test_a_cutover_drains_and_stops_dms_between_the_block_and_the_move(parsed: dict[str, Any]) -> None:
    dags = parsed["cutover"]["dags"]
    assert not [task for task in dags["ours.cutover"]["tasks"] if "dms" in task or task == "block_writes"]
    for name in ("both", "later", "alone"):
        tasks = dags[f"{name}.cutover"]["tasks"]
        before = ["readiness", "approve", "block_writes", "dms_drain", "dms_stop", "move_writes", "release"]
        assert tasks[: len(before)] == before
        assert set(tasks[len(before) : -1]) == {"dms_resume", "analyze"}
        assert tasks[-1] == "summary"
    assert dags["later.cutover"]["params"] == ["direction"]


def test_the_tasks_stand_in_order(parsed: dict[str, Any]) -> None:
    first = ["preflight", "schema_wave_1", "position", "plan", "dms_provision", "dms_load"]
    last = ["schema_wave_2", "objects", "accounts"]
    dags = parsed["dms"]["dags"]
    for name, between, behind in (
        ("full", [], []),
        ("both", [], ["dms_follow"]),
        ("ours", ["catch_up"], []),
    ):
        tasks = dags[f"{name}.migrate"]["tasks"]
        wanted = [*first, *between, *last, *behind]
        assert tasks[: len(wanted)] == wanted
        assert set(tasks[len(wanted) : -1]) == {"verify_rows", "verify_objects"}
        assert tasks[-1] == "report"
    assert dags["both.sync"]["tasks"] == ["dms_watch"]
    assert set(dags["later.sync"]["tasks"]) == {"dms_watch", "sync"}, "changes may go back after a cutover"
    assert dags["full.dms_teardown"]["params"] == ["confirm"]


def test_every_graph_has_words_an_owner_and_retries(parsed: dict[str, Any]) -> None:
    for dag_id, dag in parsed["dms"]["dags"].items():
        assert dag["doc"], dag_id
        assert {"mysql-to-aurora", "dms"} <= set(dag["tags"])
        assert min(dag["retries"]) >= 1
        assert dag["max_active_runs"] == 1
        assert not dag["catchup"]


def test_the_trigger_survives_airflows_database_and_holds_no_secret() -> None:
    from aurora_migration.bridge.dms_trigger import DmsTrigger
    from aurora_migration.dms.waiting import Wait

    made = DmsTrigger("aws_default", Wait("task", ("m2a-shop",)).to_json(), 5, load=True)
    path, arguments = made.serialize()
    module, _, name = path.rpartition(".")
    assert getattr(sys.modules[module], name) is DmsTrigger
    stored = json.loads(json.dumps(arguments))
    assert DmsTrigger(**stored).serialize() == (path, stored)
    assert set(stored) == {"connection_id", "wait", "poll_seconds", "load", "estimates"}


def test_the_file_that_holds_the_native_graphs_does_not_import_dms() -> None:
    for name in ("migrate.py", "sync.py", "verify.py"):
        assert "dms" not in (Path(ROOT) / "dags" / name).read_text(encoding="utf-8").replace('"dms"', "")
