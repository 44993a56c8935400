"""docs/preflight.md and the source name the same codes with the same severities."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CHECKS = ROOT / "plugins" / "aurora_migration" / "engine" / "preflight"
SEVERITIES = {"blocker", "warning", "note"}
# told with a severity that is a variable in the source: both words are in the document
EITHER = {"check-failed": {"blocker", "warning"}, "check-lacks-privilege": {"blocker", "warning"}}
CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")


def _documented() -> dict[str, set[str]]:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| ([a-z ]+) \|", (ROOT / "docs" / "preflight.md").read_text(), re.M)
    assert len({code for code, _ in rows}) == len(rows), "a code is documented twice"
    return {code: set(words.split(" or ")) for code, words in rows}


def _in_source() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in sorted(CHECKS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for code, severities in _told(node):
                    found.setdefault(code, set()).update(severities)
    return found | EITHER


def _told(call: ast.Call) -> Iterator[tuple[str, set[str]]]:
    names = {node.id for node in ast.walk(call.func) if isinstance(node, ast.Name)}
    if names == {"Finding"}:
        assert isinstance(call.args[1], ast.Constant)
        yield call.args[1].value, set()
    severities = names & SEVERITIES or ({"note", "warning"} if names == {"tell"} else set())
    if severities:
        values = [node.value for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)]
        yield from ((value, severities) for value in values if CODE.fullmatch(str(value)))


def test_every_code_is_documented_with_its_severity() -> None:
    source = _in_source()
    assert len(source) >= 60
    assert _documented() == source


@pytest.mark.parametrize("code", sorted(_in_source()))
def test_every_code_is_tried(code: str) -> None:
    tests = [*(ROOT / "tests/integration/preflight").glob("*.py"), *Path(__file__).parent.glob("*.py")]
    assert any(f'"{code}"' in path.read_text(encoding="utf-8") for path in tests if path != Path(__file__)), code
