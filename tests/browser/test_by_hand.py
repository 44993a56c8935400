"""A migration from its form to its cutover, by nothing but a browser: trigger, watch, approve, keep the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Frame, Locator, Page, ViewportSize, expect

from local.airflow_instance import AirflowInstance
from local.servers import Pair
from tests.browser.conftest import GALLERY, SIZE, Visit, refusal

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.servers,
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
]
Open = Callable[..., Visit]
RUN_MS = 600_000
FORM: ViewportSize = {"width": 1180, "height": 1000}
LOCKED = 3118


def test_a_migration_is_triggered_watched_cut_over_and_reported_by_hand(
    airflow: AirflowInstance, server_pair: Pair, visit: Open, screenshots: Path
) -> None:
    window = visit(airflow.url, airflow.user, airflow.password)
    for kind in ("migrate", "cutover"):
        airflow.client.wait_for_dag(f"{GALLERY}.{kind}")
    _fill_and_trigger(window.page, f"{airflow.url}/dags/{GALLERY}.migrate", screenshots)
    frame = _tab_of_the_new_run(window, airflow, f"{GALLERY}.migrate")
    seen, rows = _watch(window.page, frame)
    assert len(seen) >= 3, f"saw only {seen} at work"
    assert len(rows) >= 2, f"rows did not move: {rows}"
    expect(frame.get_by_text("Proved: the target equals the source.")).to_be_visible(timeout=60_000)
    options = airflow.client.get(f"/api/v2/dags/{GALLERY}.migrate/dagRuns")["dag_runs"][0]["conf"]
    assert options["target_table_prep_mode"] == "drop-and-create"
    assert options["verification_level"] == "checksum"

    _press(window.page, _open_form(window.page, f"{airflow.url}/dags/{GALLERY}.cutover"))
    frame = _tab_of_the_new_run(window, airflow, f"{GALLERY}.cutover")
    expect(frame.get_by_text("Waiting for a person.")).to_be_visible(timeout=RUN_MS)
    window.page.screenshot(path=screenshots / "cutover-waiting-light.png")
    frame.get_by_role("link", name="Read the facts and answer").click()
    _approve(window.page, screenshots)
    frame = _tab_of_the_new_run(window, airflow, f"{GALLERY}.cutover")
    expect(frame.get_by_text("Cut over: the applications write to the target.")).to_be_visible(timeout=RUN_MS)
    expect(frame.get_by_text("Approved by admin.")).to_be_visible()
    assert (refusal(server_pair, "source"), refusal(server_pair, "target")) == (LOCKED, 0)
    expect(frame.get_by_text("Live", exact=True)).to_have_count(0, timeout=RUN_MS)
    window.page.screenshot(path=screenshots / "cutover-light.png")
    _download(window.page, frame)


def _open_form(page: Page, dag: str) -> Locator:
    """The form of a DAG."""
    page.goto(dag)
    page.get_by_role("button", name="Trigger").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Trigger")).to_be_enabled(timeout=60_000)
    return dialog


def _press(page: Page, dialog: Locator) -> None:
    dialog.get_by_role("button", name="Trigger").click()
    expect(dialog).to_have_count(0, timeout=60_000)


def _fill_and_trigger(page: Page, dag: str, screenshots: Path) -> None:
    page.set_viewport_size(FORM)
    dialog = _open_form(page, dag)
    for section, help_text in (
        ("Trial", "Preflight and plan only"),
        ("Which tables", "as on the source, one a line"),
        ("Verification", "How deep rows are compared"),
        ("What happens on the target", "never loads a table twice"),
    ):
        dialog.get_by_role("button", name=section, exact=True).click()
        expect(dialog.get_by_text(help_text)).to_be_visible()
    field = dialog.locator("input[name=element_target_table_prep_mode]")
    expect(field).to_have_value("do-nothing")
    dialog.get_by_role("combobox", name="Target table prep mode").click()
    page.get_by_role("option", name="drop-and-create").click()
    expect(field).to_have_value("drop-and-create")
    page.wait_for_timeout(500)  # until the section has unfolded
    page.screenshot(path=screenshots / "form-light.png")
    _press(page, dialog)
    page.set_viewport_size(SIZE)


def _tab_of_the_new_run(window: Visit, airflow: AirflowInstance, dag_id: str) -> Frame:
    """The tab *Migration* of the newest run."""
    runs = airflow.client.get(f"/api/v2/dags/{dag_id}/dagRuns?order_by=-run_after&limit=1")["dag_runs"]
    return window.open(f"/dags/{dag_id}/runs/{quote(runs[0]['dag_run_id'])}/plugin/migration-run")


def _watch(page: Page, frame: Frame) -> tuple[set[str], set[str]]:
    """The phases that were seen at work, and the numbers of rows that the page showed, while the run went on."""
    expect(frame.locator(".pulse.live")).to_be_visible(timeout=60_000)
    seen: set[str] = set()
    rows: set[str] = set()
    while frame.locator(".pulse.live").count():
        seen |= {text.strip() for text in frame.locator(".phases .live .name").all_inner_texts()}
        rows |= {text for text in frame.locator(".figures .value").all_inner_texts()[:1] if text not in {"–", "0"}}
        page.wait_for_timeout(300)
    return seen, rows


def _approve(page: Page, screenshots: Path) -> None:
    expect(page.get_by_text("last proved equal")).to_be_visible(timeout=60_000)
    page.screenshot(path=screenshots / "approval-light.png")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("response successful")).to_be_visible(timeout=60_000)


def _download(page: Page, frame: Frame) -> None:
    with page.expect_download() as download:
        frame.get_by_role("link", name="Report of this run as JSON").click()
    report = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert (report["verdict"], report["cutover"]["approved_by"]) == ("cut over", "admin")
