"""The papers say what is there: links and paths lead somewhere, and tables match the code they describe."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import servers
from tests.unit.test_architecture import ALLOWED, PACKAGE

ROOT = Path(__file__).resolve().parents[2]
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PAPERS = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *ADRS,
]
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)]*))?\)")
TARGET = re.compile(r"`make ([a-z-]+)")
# a path of ours in backticks: it has a slash and begins with a folder that is there
PATH = re.compile(
    r"`((?:dags|include|plugins|local|tests|docs|engine|bridge|mysql|sql|store|model|operators)/[\w./*-]*)`"
)
SECTIONS = ["Context", "Decision", "Consequences", "A change violates this decision when it…", "Evidence"]


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    """The anchors that a git host gives to headings."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def code_free(path: Path) -> str:
    return re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("paper", PAPERS, ids=ids)
def test_links_lead_somewhere(paper: Path) -> None:
    for place, anchor in LINK.findall(code_free(paper)):
        if place.startswith(("http:", "https:")):
            continue
        target = (paper.parent / place).resolve() if place else paper
        assert target.exists(), f"{place} is not there"
        if anchor:
            assert anchor in anchors(target), f"{place}#{anchor} is not there"


@pytest.mark.parametrize("paper", PAPERS, ids=ids)
def test_paths_that_are_named_exist(paper: Path) -> None:
    for name in PATH.findall(paper.read_text(encoding="utf-8")):
        if "<" in name:
            continue
        places = [base for base in (ROOT, PACKAGE) if list(base.glob(name.rstrip("/")))]
        made = name.startswith("local/run") or name == "include/ca/"
        assert places or made, f"{name} is not there"


@pytest.mark.parametrize("paper", PAPERS, ids=ids)
def test_make_targets_that_are_named_exist(paper: Path) -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(TARGET.findall(paper.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("paper", PAPERS, ids=ids)
def test_lines_fit_and_no_machine_shows(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(?:work|tmp|root|home)/", text)
    prose = [line for line in code_free(paper).splitlines() if not line.startswith("|")]
    assert [line for line in prose if len(line) > 125] == []


def rows(paper: Path, first: str) -> Iterator[list[str]]:
    """The rows of the table whose first heading is ``first``."""
    _, _, rest = paper.read_text(encoding="utf-8").partition(f"| {first} |")
    for line in rest.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def test_the_layers_are_those_of_the_architecture_test() -> None:
    told = {
        row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1])) for row in rows(ROOT / "ARCHITECTURE.md", "Package")
    }
    there = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if not path.name.startswith(("_", "py."))}
    assert set(told) == there
    assert told == {layer: ALLOWED[layer] for layer in there}


def test_the_control_schemas_tables_are_those_of_the_store() -> None:
    told = {row[0].strip("`") for row in rows(ROOT / "ARCHITECTURE.md", "Table")}
    files = (ROOT / "include" / "sql" / "store").glob("table_*.sql")
    assert told == {file.stem.removeprefix("table_") for file in files}


def test_the_readmes_tasks_are_those_of_the_graph() -> None:
    told = {name for row in rows(ROOT / "README.md", "Task") for name in re.findall(r"`(\w+)`", row[0])}
    graph = (ROOT / "dags" / "migrate.py").read_text(encoding="utf-8")
    assert told == set(re.findall(r'task_id="(\w+)"', graph))


def test_the_readmes_grants_are_those_of_the_local_source() -> None:
    def grants(text: str) -> list[str]:
        without = re.sub(r"--.*", "", text)
        return [" ".join(found.split()) for found in re.findall(r"GRANT [^;]+;", without)]

    script = Path(servers.__file__).with_name("migrator.sql").read_text(encoding="utf-8")
    blocks = re.findall(r"```sql(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert grants("".join(blocks)) == grants(script)


def test_markers_and_errors_are_told() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    told = {row[0].strip("`") for row in rows(ROOT / "CONTRIBUTING.md", "Marker")}
    assert told == set(re.findall(r'^  "(\w+): ', pyproject, flags=re.MULTILINE))
    known = set(
        re.findall(r"^class (\w+Error)", (PACKAGE / "errors.py").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = {row[0].strip("`") for row in rows(ROOT / "docs" / "operations.md", "Error")} - {
        "(the task retries by itself)"
    }
    assert named <= known


@pytest.mark.parametrize("adr", ADRS, ids=lambda path: path.stem)
def test_decisions_have_one_form_and_are_listed(adr: Path) -> None:
    text = adr.read_text(encoding="utf-8")
    assert text.startswith(f"# {adr.stem[:4]}: ")
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == SECTIONS
    assert f"docs/adr/{adr.name}" in (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(adr.name[:4]) for adr in ADRS] == list(range(1, len(ADRS) + 1))


def test_the_help_lists_every_target() -> None:
    told = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    assert set(re.findall(r"^  make (\S+)", told, flags=re.MULTILINE)) == targets


def test_the_second_opinion_is_one() -> None:
    for path in (ROOT / "local" / "oracle").glob("*.py"):
        assert "aurora_migration" not in re.findall(
            r"^(?:from|import) (\w+)", path.read_text(), flags=re.MULTILINE
        )
