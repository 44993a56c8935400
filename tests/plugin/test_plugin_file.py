"""What loading the plugin does to an Airflow process: nothing but registering it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.airflow_instance import ROOT

pytestmark = pytest.mark.airflow

_LOAD = """
import json, sys
from airflow import plugins_manager
plugins, errors = plugins_manager._get_plugins()
ours = [each for each in plugins if each.name == "aurora_migration"]
heavy = [name for name in ("aurora_migration.web.app", "aurora_migration.bridge.run") if name in sys.modules]
folder = sys.argv[1]
loaded = {name: str(getattr(module, "__file__", "") or "") for name, module in list(sys.modules.items())}
print(json.dumps({
    "errors": errors,
    "plugins": len(ours),
    "heavy": heavy,
    "from_folder": sorted(name for name, file in loaded.items() if file.startswith(folder)),
    "views": ours[0].external_views,
    "apps": [{**app, "app": type(app["app"]).__name__} for app in ours[0].fastapi_apps],
    "same_app": ours[0].fastapi_apps[0]["app"] is ours[0].fastapi_apps[0]["app"],
}))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("home")),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(ROOT / "plugins"),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _LOAD, str(ROOT / "plugins")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_the_plugin_loads_once_and_without_errors(loaded: dict[str, Any]) -> None:
    assert loaded["errors"] == {}
    assert loaded["plugins"] == 1


def test_loading_it_imports_nothing_of_the_package(loaded: dict[str, Any]) -> None:
    assert loaded["heavy"] == []


def test_no_module_of_the_package_takes_the_name_of_another(loaded: dict[str, Any]) -> None:
    """Airflow executes every file of the plugins folder under its bare name unless .airflowignore keeps it out."""
    assert loaded["from_folder"] == ["aurora_migration_plugin"]
    ignored = (ROOT / "plugins" / ".airflowignore").read_text(encoding="utf-8").split()
    packages = [path for path in (ROOT / "plugins").iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert {f"{path.name}/" for path in packages} == set(ignored)


def test_the_application_is_made_once(loaded: dict[str, Any]) -> None:
    assert loaded["apps"] == [{"app": "FastAPI", "url_prefix": "/aurora-migration", "name": "Migrations"}]
    assert loaded["same_app"] is True


def test_views_have_routes_of_their_own_and_icons_that_exist(loaded: dict[str, Any]) -> None:
    views = loaded["views"]
    assert len({view["url_route"] for view in views}) == len(views)
    static = ROOT / "plugins" / "aurora_migration" / "web"
    for view in views:
        for icon in (view["icon"], view["icon_dark_mode"]):
            assert (static / Path(icon).relative_to("aurora-migration")).is_file()
