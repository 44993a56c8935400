"""The arrows of ARCHITECTURE.md as a table: an import that points up or sideways fails here."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "plugins" / "aurora_migration"
ALLOWED = {
    "errors": set(),
    "model": {"errors"},
    "sql": {"errors", "model"},
    "mysql": {"errors", "model", "sql"},
    "store": {"errors", "model", "sql", "mysql"},
    "engine": {"errors", "model", "sql", "mysql", "store"},
    "dms": {"errors", "model"},
    "bridge": {"errors", "model", "sql", "mysql", "store", "engine", "dms"},
    "operators": {"errors", "model", "mysql", "store", "engine", "dms", "bridge"},
    "web": {"errors", "model", "mysql", "store", "bridge"},
    "cli": {"errors", "model", "sql", "mysql", "store", "engine", "bridge"},
}
DRIVERS = {"pymysql", "MySQLdb", "mysql"}
# of the page's modules, those that know Airflow's API server and its database
AIRFLOW_IN_WEB = {PACKAGE / "web" / "access.py", PACKAGE / "web" / "airflow_runs.py"}
PLUGIN_FILE = PACKAGE.parent / "aurora_migration_plugin.py"
LONGEST_MODULE = 300
FORBIDDEN_NAMES = {"utils", "helpers", "common"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    here = layer(path)
    if here == "__init__":
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "aurora_migration" and len(parts) > 1 and parts[1] != here:
            assert parts[1] in ALLOWED[here], f"{here} must not import {name}"
        if parts[0] == "airflow":
            assert here in {"bridge", "operators"} or path in AIRFLOW_IN_WEB, f"{here} must not know Airflow"
        if parts[0] in {"fastapi", "starlette"}:
            assert here == "web", f"only web/ serves pages, not {path}"
        if parts[0] in DRIVERS:
            assert here == "mysql", f"only mysql/ imports drivers, not {path}"
        if parts[0] in {"local", "tests", "dags"}:
            pytest.fail(f"the package must not import {name}")


def test_the_plugin_file_imports_the_page_and_that_only_when_it_is_asked_for() -> None:
    """Every process of Airflow runs the file, each task included."""
    tree = ast.parse(PLUGIN_FILE.read_text(encoding="utf-8"))
    at_once = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert at_once <= {"__future__", "functools", "typing", "airflow.plugins_manager"}
    ours = {name for name in imports(PLUGIN_FILE) if name.startswith("aurora_migration")}
    assert ours == {
        "aurora_migration.web.app",
        "aurora_migration.web.app.PREFIX",
        "aurora_migration.web.app.create_app",
    }


def test_engine_phases_do_not_import_one_another() -> None:
    for path in sorted((PACKAGE / "engine").rglob("*.py")):
        own = path.relative_to(PACKAGE / "engine").parts[0].removesuffix(".py")
        for name in imports(path):
            parts = name.split(".")
            if parts[:2] == ["aurora_migration", "engine"] and len(parts) > 2:
                assert parts[2] == own, f"{path} imports its sibling {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_small_and_are_called_by_what_they_own(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert path.stem not in FORBIDDEN_NAMES


def test_only_quoting_writes_a_backtick() -> None:
    for path in modules():
        if path.name in {"quoting.py", "dag_text.py"}:  # the latter writes Markdown
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                literal = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
                sql = any(word in literal.upper() for word in ("SELECT ", "INSERT ", "ALTER ", "CREATE ", "DROP "))
                assert not ("`" in literal and sql), f"{path}:{node.lineno} writes a quoted name"


def test_the_engine_runs_without_airflow() -> None:
    names = [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for path in modules()
        if layer(path) not in {"bridge", "operators", "cli", "web"} and path.name != "__init__.py"
    ]
    code = (
        "import sys, importlib\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'airflow', 'pandas', 'boto3'}: raise ImportError(name)\n"
        "sys.meta_path.insert(0, Block())\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE.parent)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_trusted_text_comes_from_known_places_only() -> None:
    """`trusted` lets a server's text into a statement: every file that calls it is named here."""
    callers = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        if "trusted(" in path.read_text(encoding="utf-8") and path.name != "quoting.py"
    }
    assert callers <= TRUSTED_CALLERS, f"new callers of trusted(): {callers - TRUSTED_CALLERS}"


TRUSTED_CALLERS = {
    "engine/cdc/ddl_apply.py",
    "engine/schema/creator.py",
    "engine/schema/first_wave.py",
    "engine/schema/second_wave.py",
}
