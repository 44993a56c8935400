"""docs/dms.md and the source name the same codes and the same policy, and every code is tried or told why not."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from aurora_migration.dms.policy import OPTIONAL, needed_actions
from aurora_migration.model.config_dms import DmsConfig

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "dms.md").read_text(encoding="utf-8")
PLACES = [
    *(ROOT / "plugins/aurora_migration/dms").glob("*.py"),
    *(ROOT / "plugins/aurora_migration/bridge").glob("dms_*.py"),
]
SEVERITIES = {"blocker", "warning", "note"}


def told() -> dict[str, set[str]]:
    """Codes in calls of blocker(), warning() and note(), with their severities."""
    found: dict[str, set[str]] = {}
    for path in PLACES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        variables = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and re.fullmatch(r"dms(-[a-z]+){2,}", str(node.value))
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            severities = {node.func.id} & SEVERITIES or (
                {"blocker", "warning"} if node.func.id == "tell" else set()
            )
            values = variables if isinstance(node.args[0], ast.Name) and severities else set()
            for one in ast.walk(node.args[0]):
                if isinstance(one, ast.Constant) and severities:
                    found.setdefault(str(one.value), set()).update(severities)
            if values and node.func.id == "blocker" and "dms-vpc-role-missing" in values:
                for code in ("dms-vpc-role-missing", "dms-logs-role-missing"):
                    found.setdefault(code, set()).add("blocker")
    for code in ("dms-apply-exception", "dms-table-suspended", "dms-validation-failed"):  # chosen by control table
        found.setdefault(code, set()).add("blocker")
    return found


def test_every_code_is_documented_with_its_severity() -> None:
    rows = re.findall(r"^\| `(dms-[a-z-]+)` \| ([a-z ]+) \|", PAGE, re.M)
    assert len({code for code, _ in rows}) == len(rows), "a code is documented twice"
    assert {code: set(words.split(" or ")) for code, words in rows} == told()


def test_the_policy_on_the_page_is_the_one_that_preflight_asks_for() -> None:
    text = re.search(r"```json\n(.*?)```", PAGE, re.S)
    assert text is not None
    (statement,) = json.loads(text[1])["Statement"]
    needed = {
        *needed_actions(DmsConfig()),
        *needed_actions(DmsConfig(compute="serverless")),
        *OPTIONAL,
        "iam:PassRole",
    }
    assert set(statement["Action"]) == needed
    assert statement["Action"] == sorted(statement["Action"])
