"""A migration from its form to its cutover, by nothing but a browser: trigger, watch, approve, keep the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Frame, Locator, Page, ViewportSize, expect

from aurora_migration.store.control import Control
from local.airflow_instance import AirflowInstance
from local.servers import Pair
from tests.browser.conftest import GALLERY, SIZE, Visit, refusal
from tests.browser.live import Watch, report_is_ready, watch_a_load
from tests.e2e.gates import before_the_first_chunk, before_the_phase, until
from tests.e2e.runs import DAG_SECONDS

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.servers,
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.timeout(14400),
]
Open = Callable[..., Visit]
RUN_MS = 3_000_000
FORM: ViewportSize = {"width": 1180, "height": 1000}
LOCKED = 3118


def test_a_migration_is_triggered_watched_cut_over_and_reported_by_hand(
    airflow: AirflowInstance, server_pair: Pair, visit: Open, screenshots: Path
) -> None:
    window = visit(airflow.url, airflow.user, airflow.password)
    for kind in ("migrate", "cutover"):
        airflow.client.wait_for_dag(f"{GALLERY}.{kind}", DAG_SECONDS, DAG_SECONDS)
    control, root = Control("aurora_migration", GALLERY), server_pair.target.root_login
    with before_the_first_chunk(server_pair.target_login, root, control) as first:
        _fill_and_trigger(window.page, f"{airflow.url}/dags/{GALLERY}.migrate", screenshots)
        frame = _tab_of_the_new_run(window, airflow, f"{GALLERY}.migrate")
        watch, run_id = Watch(window.page, frame), _new_run(airflow, f"{GALLERY}.migrate")
        with before_the_phase(root, control, run_id, "objects") as objects:
            watch_a_load(watch, server_pair, control, run_id, first, lambda: None)
            until(objects.waiting, "the objects")
            watch.another_phase()
    watch.end()
    print(f"saw {watch.seen} at work, and {watch.rows} rows")
    expect(frame.get_by_text("Proved: the target equals the source.")).to_be_visible()
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
    expect(dialog.get_by_role("button", name="Trigger")).to_be_enabled()
    return dialog


def _press(page: Page, dialog: Locator) -> None:
    dialog.get_by_role("button", name="Trigger").click()
    expect(dialog).to_have_count(0)


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
    return window.open(f"/dags/{dag_id}/runs/{quote(_new_run(airflow, dag_id))}/plugin/migration-run")


def _new_run(airflow: AirflowInstance, dag_id: str) -> str:
    runs = airflow.client.get(f"/api/v2/dags/{dag_id}/dagRuns?order_by=-run_after&limit=1")["dag_runs"]
    return str(runs[0]["dag_run_id"])


def _approve(page: Page, screenshots: Path) -> None:
    expect(page.get_by_text("last proved equal")).to_be_visible()
    page.screenshot(path=screenshots / "approval-light.png")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("response successful")).to_be_visible()


def _download(page: Page, frame: Frame) -> None:
    link = frame.get_by_role("link", name="Report of this run as JSON")
    report_is_ready(page, link)
    with page.expect_download() as download:
        link.click()
    report = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert (report["verdict"], report["cutover"]["approved_by"]) == ("cut over", "admin")
