"""What people see before a trigger: forms whose every default works and does no harm, and words on each task."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

pytestmark = pytest.mark.airflow
ROOT = Path(__file__).resolve().parents[2]

_READ = """
import importlib.util, json, sys
from pathlib import Path
from airflow.sdk import DAG
found = {}
for path in sorted(Path(sys.argv[1]).glob("*.py")):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for dag in vars(module).values():
        if isinstance(dag, DAG):
            found[dag.dag_id] = {
                "params": {name: {"default": param.value, **param.schema} for name, param in
                           ((name, dag.params.get_param(name)) for name in dag.params)},
                "order": list(dag.params),
                "tasks": {task.task_id: {"doc": task.doc_md or "", "links":
                          [link.name for link in task.operator_extra_links or ()],
                          "teardown": task.is_teardown,
                          "after": sorted(task.upstream_task_ids)} for task in dag.tasks},
            }
print(json.dumps(found))
"""
_BASE = "source: {connection: a}\ntarget: {connection: b}\nselection: [{include: 'x.*'}]\n"
MIGRATIONS = {
    "plain": "verification: {level: row-count}\n",
    "follow": "type: full-load-and-cdc\ncutover: {rollback_window: true, accounts: ['app@%']}\n",
    "hashes": "type: full-load-and-cdc\nsync: {strategy: checksum}\n",
}


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All graphs of migrations of several kinds, read by a fresh process."""
    base = tmp_path_factory.mktemp("forms")
    for name, text in MIGRATIONS.items():
        (base / f"{name}.yaml").write_text(f"name: {name}\n{_BASE}{text}")
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(ROOT / "dags")],
        env={
            **os.environ,
            "AIRFLOW_HOME": str(base / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "PYTHONPATH": f"{ROOT / 'plugins'}",
            "AURORA_MIGRATIONS_FOLDER": str(base),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_every_field_has_a_default_that_the_form_takes_a_title_help_and_a_section(dags: dict[str, Any]) -> None:
    fields = [(dag_id, name, field) for dag_id, dag in dags.items() for name, field in dag["params"].items()]
    assert len({dag_id for dag_id, _, _ in fields}) >= 6
    for dag_id, name, field in fields:
        schema = {key: value for key, value in field.items() if key != "default"}
        jsonschema.validate(field["default"], schema)
        assert field["title"], (dag_id, name)
        assert field["section"], (dag_id, name)
        assert field["description_md"].endswith("."), (dag_id, name)
        if "enum" in field:
            assert set(field["values_display"]) == set(field["enum"])


def test_no_default_does_harm(dags: dict[str, Any]) -> None:
    migrate = dags["plain.migrate"]["params"]
    assert migrate["target_table_prep_mode"]["default"] == "do-nothing"
    assert migrate["verification_level"]["default"] == "row-count"  # as the file says
    assert dags["follow.migrate"]["params"]["verification_level"]["default"] == "checksum"
    assert dags["plain.verify"]["params"]["repair"]["default"] == "none"
    assert {field["default"] or None for field in dags["follow.sync"]["params"].values()} == {None}
    assert dags["follow.cutover"]["params"]["direction"]["default"] == "forward"


def test_what_to_do_first_comes_first(dags: dict[str, Any]) -> None:
    assert dags["plain.migrate"]["order"][0] == "dry_run"
    assert "Do this first" in dags["plain.migrate"]["params"]["dry_run"]["description_md"]


@pytest.mark.parametrize(
    ("dag_id", "field", "good", "bad"),
    [
        ("plain.migrate", "tables", ["shop.orders", "odd.name with . dots"], ["orders"]),
        ("plain.migrate", "tables", None, [".orders"]),
        ("plain.verify", "tables", [], "shop.orders"),
        ("follow.sync", "resync", ["*"], ["orders"]),
        ("follow.sync", "resync", ["shop.orders"], ["* "]),
        ("plain.migrate", "target_table_prep_mode", "drop-and-create", "drop"),
        ("plain.verify", "repair", "review", ""),
    ],
)
def test_a_mistyped_field_is_refused_before_the_run_begins(
    dags: dict[str, Any], dag_id: str, field: str, good: Any, bad: Any
) -> None:
    schema = {key: value for key, value in dags[dag_id]["params"][field].items() if key != "default"}
    jsonschema.validate(good, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(bad, schema)


def test_every_task_explains_itself_and_leads_to_the_page(dags: dict[str, Any]) -> None:
    tasks = {(dag_id, name): task for dag_id, dag in dags.items() for name, task in dag["tasks"].items()}
    assert {name for _, name in tasks} >= {
        "load",
        "verify_rows",
        "report",
        "sync",
        "approve",
        "compare_and_rewrite",
    }
    for (dag_id, name), task in tasks.items():
        assert len(task["doc"]) > 40, (dag_id, name)
        if name != "approve":
            assert "Migration page" in task["links"], (dag_id, name)


def test_the_end_of_a_cutover_runs_also_in_a_run_that_is_marked_as_failed(dags: dict[str, Any]) -> None:
    tasks = dags["follow.cutover"]["tasks"]
    assert {name for name, task in tasks.items() if task["teardown"]} == {"release", "summary"}
    assert tasks["summary"]["after"] == ["analyze", "release"], "a skipped task is not waited for"
