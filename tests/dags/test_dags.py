"""The graphs as Airflow reads them: quick, offline, valid, and one broken file breaks nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.processor import slower

pytestmark = pytest.mark.airflow
ROOT = Path(__file__).resolve().parents[2]

_PARSE = """
import importlib.util, json, os, socket, sys, time
from pathlib import Path
import airflow.sdk
from airflow.sdk import DAG
def no_network(*a, **k): raise AssertionError("a DAG file touched the network")
socket.socket.connect = no_network
socket.getaddrinfo = no_network
def parse(dags):
    return {path.stem: parse_file(path) for path in sorted(Path(dags).glob("*.py"))}
def parse_file(path):
    started = time.process_time()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        error = ""
    except Exception as raised:
        error = f"{type(raised).__name__}: {raised}"
    return {"seconds": time.process_time() - started, "error": error,
        "dags": {d.dag_id: {
            "doc": bool(d.doc_md), "tags": sorted(d.tags), "schedule": d.schedule, "catchup": d.catchup,
            "max_active_runs": d.max_active_runs, "max_active_tasks": d.max_active_tasks,
            "params": sorted(d.params),
            "retries": sorted({t.retries for t in d.tasks}), "owners": sorted({t.owner for t in d.tasks}),
            "tasks": [t.task_id for t in d.topological_sort()],
        } for d in vars(module).values() if isinstance(d, DAG)}}
found = {}
for folder in sys.argv[2:]:
    os.environ["AURORA_MIGRATIONS_FOLDER"] = folder
    found[folder] = parse(sys.argv[1])
heavy = [name for name in ("pandas", "boto3", "botocore", "fastapi") if name in sys.modules]
print(json.dumps({"found": found, "heavy": heavy}))
"""


_GOOD = "name: good\nsource: {connection: a}\ntarget: {connection: b}\nselection: [{include: 'x.*'}]\n"
_WIDE = _GOOD.replace("good", "wide") + "load: {parallel_units: 40}\n"
_BAD = "name: bad\nsource: {connection: a}\ntarget: {connection: b}\n"
BROKEN = {
    "name: [": "is not readable YAML",
    "- 1": "is not a YAML mapping",
    _BAD: "selection: Field required",
    f"{_BAD}selection: [{{include: 'x.*'}}]\nengine: dsm\n": "engine: Input should be 'native'",
    f"{_BAD}selection: [{{include: 'x.*'}}]\nengine: dms\ntype: cdc\n": "Say engine: native with cdc_engine: dms",
    f"{_BAD}selection: [{{include: 'x'}}]\n": "selection.0: Value error, 'x' is not of the form schema.table",
    f"{_BAD}selection: [{{include: 'x.*'}}]\nverification: {{level: fast}}\n": (
        "verification.level: Input should be 'row-count' or 'checksum'"
    ),
    f"{_BAD}selection: [{{include: 'x.*'}}]\nrenames: {{tables: {{x.a: b}}}}\n": (
        "renames: Value error, tables: 'b' is not of the form schema.table"
    ),
    f"{_BAD.replace('connection: a', 'conection: a')}selection: [{{include: 'x.*'}}]\n": (
        "source.conection: Extra inputs are not permitted"
    ),
    _GOOD: "name: 'good' is taken by another migration file",
}


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one fresh process finds: under "own" with the project's migrations, then one entry a broken text."""
    base = tmp_path_factory.mktemp("parse")
    folders = {"own": ROOT / "include" / "migrations", "wide": base / "wide"}
    folders["wide"].mkdir()
    (folders["wide"] / "wide.yaml").write_text(_WIDE)
    for number, text in enumerate(BROKEN):
        folders[text] = base / str(number)
        folders[text].mkdir()
        (folders[text] / "good.yaml").write_text(_GOOD)
        (folders[text] / "other.yaml").write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", _PARSE, str(ROOT / "dags"), *map(str, folders.values())],
        env={
            **os.environ,
            "AIRFLOW_HOME": str(base / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "PYTHONPATH": f"{ROOT / 'plugins'}",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    return {"heavy": result["heavy"]} | {name: result["found"][str(path)] for name, path in folders.items()}


def test_the_projects_own_dags(parsed: dict[str, Any]) -> None:
    assert parsed["heavy"] == []
    for name, file in parsed["own"].items():
        assert file["error"] == "", name
        # of processor time, which a busy machine hardly stretches
        assert file["seconds"] < 1.0 * slower()
        for dag_id, dag in file["dags"].items():
            assert dag["doc"], dag_id
            assert "mysql-to-aurora" in dag["tags"]
            assert dag["schedule"] is None
            assert not dag["catchup"]
            assert dag["max_active_runs"] == 1
            assert min(dag["retries"]) >= 1
            assert dag["owners"] == ["airflow"]
    assert list(parsed["own"]["migrate"]["dags"]) == ["shop.migrate"]
    assert list(parsed["own"]["verify"]["dags"]) == ["shop.verify"]


def test_airflows_default_of_16_tasks_holds_no_load_unit_back(parsed: dict[str, Any]) -> None:
    for file in ("migrate", "verify"):
        assert parsed["own"][file]["dags"][f"shop.{file}"]["max_active_tasks"] == 16
        assert parsed["wide"][file]["dags"][f"wide.{file}"]["max_active_tasks"] == 42


def test_the_phases_stand_in_order(parsed: dict[str, Any]) -> None:
    dag = parsed["own"]["migrate"]["dags"]["shop.migrate"]
    order = ["preflight", "schema_wave_1", "position", "plan", "load", "schema_wave_2", "objects", "accounts"]
    assert dag["tasks"][:8] == order
    assert set(dag["tasks"][8:10]) == {"verify_rows", "verify_objects"}
    assert dag["tasks"][10:] == ["report"]
    assert dag["params"] == ["dry_run", "tables", "target_table_prep_mode", "verification_level"]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_breaks_only_its_own_migration_and_says_which_key(parsed: dict[str, Any], text: str) -> None:
    found = parsed[text]
    assert list(found["migrate"]["dags"]) == ["good.migrate"]
    assert list(found["verify"]["dags"]) == ["good.verify"]
    assert found["migrate"]["error"] == found["verify"]["error"] == ""
    assert found["broken_migration_files"]["error"].startswith("ConfigurationError: other.yaml: ")
    assert BROKEN[text] in found["broken_migration_files"]["error"]
