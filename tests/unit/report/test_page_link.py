"""The way from a task to its migration's page."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from aurora_migration.operators.page_link import MigrationPageLink

pytestmark = pytest.mark.airflow
TABLE = "shop.a&b=<c> #é"


@pytest.mark.parametrize(
    ("base", "path"),
    [("", "/aurora-migration/"), ("https://airflow.example/sub/path/", "/sub/path/aurora-migration/")],
)
def test_it_names_run_and_table_and_no_host(monkeypatch: pytest.MonkeyPatch, base: str, path: str) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base)
    key = SimpleNamespace(dag_id="shop.migrate", run_id="manual__2026-01-31T12:00:00+00:00")
    unit = {"number": 3, "label": "x", "table": TABLE}
    link = urlsplit(MigrationPageLink().get_link(SimpleNamespace(unit=unit), ti_key=key))
    assert (link.scheme, link.netloc, link.path, link.fragment) == ("", "", path, "")
    asked = {"migration": ["shop"], "kind": ["migrate"], "run_id": [key.run_id], "table": [TABLE]}
    assert parse_qs(link.query) == asked


def test_a_task_that_is_of_no_single_table_leads_to_the_run() -> None:
    key = SimpleNamespace(dag_id="shop.verify", run_id="r")
    for operator in (SimpleNamespace(), SimpleNamespace(unit={"number": 1, "table": ""})):
        assert MigrationPageLink().get_link(operator, ti_key=key).endswith("?migration=shop&kind=verify&run_id=r")
