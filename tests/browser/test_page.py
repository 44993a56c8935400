"""The page as a person uses it: finds a migration, watches a run, reads what differs, by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, expect

from aurora_migration.store.control import Control
from tests.browser.conftest import NAME, Museum, Visit
from tests.browser.live import Watch, report_is_ready, watch_a_load
from tests.e2e.gates import before_the_first_chunk, before_the_phase, until
from tests.plugin.control_rows import HOSTILE

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.servers,
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.timeout(14400),
]

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
UNNAMED = """[...document.querySelectorAll("button, a, input, select")].filter(
  (each) => each.checkVisibility() && !(each.textContent.trim() || each.getAttribute("aria-label")),
).length"""
TABS = ["tables", "findings", "differences", "accounts", "incidents"]
Open = Callable[..., Visit]


def as_admin(visit: Open, museum: Museum, *, dark: bool = False) -> Visit:
    return visit(museum.airflow.url, museum.airflow.user, museum.airflow.password, dark=dark)


def test_from_the_navigation_to_a_run_and_on_to_airflow(museum: Museum, visit: Open, screenshots: Path) -> None:
    window = as_admin(visit, museum)
    window.page.goto(museum.airflow.url)
    window.page.get_by_role("link", name="Migrations").click()
    window.page.wait_for_selector("iframe")
    listed = window.page.frame_locator("iframe")
    row = listed.get_by_role("row").filter(has_text=NAME)
    expect(row).to_contain_text("Not proved")
    expect(row).to_contain_text("verify")
    window.page.screenshot(path=screenshots / "list-light.png")
    row.get_by_role("link", name=NAME).click()
    expect(listed.get_by_role("heading", name=NAME)).to_be_visible()
    window.page.wait_for_url("**/plugin/migrations/**migration=museum")
    chosen = listed.get_by_label("Run", exact=True)
    chosen.select_option(index=1)
    expect(listed.get_by_text("Proved: the target equals the source.")).to_be_visible()
    listed.get_by_role("link", name="Run in Airflow").click()
    window.page.wait_for_url(f"**/dags/{NAME}.migrate/runs/**")


def test_the_tab_of_a_proved_run(museum: Museum, visit: Open, screenshots: Path) -> None:
    window = as_admin(visit, museum)
    frame = window.open(museum.page_of("migrate", "proved"))
    expect(frame.get_by_text("Proved: the target equals the source.")).to_be_visible()
    names = frame.get_by_role("list", name="Phases").get_by_role("button")
    expect(names).to_have_count(11)
    names.filter(has_text="Load").click()
    expect(frame.locator(".phase-detail")).to_contain_text("Started")
    expect(frame.get_by_role("figure", name="Throughput").locator("canvas")).to_be_visible()
    expect(frame.locator(".tabulator-row")).to_have_count(3)
    expect(frame.locator(".tabulator-row").filter(has_text="museum.work")).to_contain_text("equal")
    window.page.screenshot(path=screenshots / "run-light.png")


def test_the_report_of_a_run_is_downloaded(museum: Museum, visit: Open) -> None:
    window = as_admin(visit, museum)
    frame = window.open(museum.page_of("migrate", "proved"))
    for form, words in (("HTML", "museum.work"), ("JSON", '"format": 1')):
        link = frame.get_by_role("link", name=f"Report of this run as {form}")
        report_is_ready(window.page, link)
        with window.page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename.endswith(f".{form.lower()}")
        assert words in download.value.path().read_text(encoding="utf-8")


def test_a_planted_mismatch_is_named_by_its_key(museum: Museum, visit: Open, screenshots: Path) -> None:
    window = as_admin(visit, museum, dark=True)
    frame = window.open(museum.page_of("verify", "differing"))
    expect(frame.get_by_text("Not proved.")).to_be_visible()
    frame.get_by_role("tab", name="Differences").click()
    panel = frame.get_by_role("tabpanel", name="Differences")
    expect(panel).to_contain_text("row id=77 differs in title")
    expect(panel).to_contain_text("row id=78 is missing on the target")
    expect(panel).to_contain_text("view museum.cheap")
    window.page.screenshot(path=screenshots / "differences-dark.png")
    frame.get_by_role("tab", name="Tables").click()
    expect(frame.locator(".tabulator-row").filter(has_text="museum.work")).to_contain_text("differs, 1 chunk")


def test_a_run_that_preflight_stopped_shows_what_stands_in_the_way(
    museum: Museum, visit: Open, screenshots: Path
) -> None:
    museum.run("migrate", "blocked", "failed", {"tables": ["museum.nothing"]})
    window = as_admin(visit, museum)
    frame = window.open(museum.page_of("migrate", "blocked"))
    expect(frame.get_by_text("Stopped before anything was written.")).to_be_visible()
    frame.get_by_role("button", name="Show findings").click()
    panel = frame.get_by_role("tabpanel", name="Findings")
    expect(panel).to_contain_text("museum.nothing")
    expect(panel).to_contain_text("What to do:")
    window.page.screenshot(path=screenshots / "blocked-light.png")


def test_a_link_may_name_a_table(museum: Museum, visit: Open) -> None:
    window = as_admin(visit, museum)
    frame = window.open(f"/aurora-migration/?migration={NAME}&table=museum.work")
    expect(frame.locator(".tabulator-row")).to_have_count(1)
    expect(frame.locator("#panel-tables .count")).to_have_text("1 of 3 tables")


def test_a_hostile_name_is_text(museum: Museum, visit: Open) -> None:
    window = as_admin(visit, museum)
    window.page.on("dialog", lambda dialog: window.faults.append(dialog.message))
    frame = window.open(museum.page_of("migrate", "proved"))
    expect(frame.locator(".table-name").filter(has_text=HOSTILE)).to_be_visible()
    for tab in TABS:
        frame.locator(f"#tab-{tab}").click()
        for group in frame.locator("details:not([open]) > summary").all():
            if group.is_visible():
                group.click()
    assert frame.evaluate("document.querySelectorAll('img').length") == 0


def test_accounts_kept_and_dropped_are_listed(museum: Museum, visit: Open, screenshots: Path) -> None:
    window = as_admin(visit, museum)
    frame = window.open(museum.page_of("verify", "differing"))
    frame.get_by_role("tab", name="Accounts").click()
    row = frame.get_by_role("row").filter(has_text="mysql.sys@localhost")
    expect(row).to_contain_text("reserved")
    window.page.screenshot(path=screenshots / "accounts-light.png")


def test_a_run_moves_on_the_page_without_a_reload(museum: Museum, visit: Open, screenshots: Path) -> None:
    window = as_admin(visit, museum, dark=True)
    museum.runs["live"] = run_id = "live"
    pair, control = museum.pair, Control("aurora_migration", NAME)
    root = pair.target.root_login
    with before_the_phase(root, control, run_id, "plan") as plan:
        conf = {"target_table_prep_mode": "drop-and-create"}
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        museum.airflow.client.send("POST", f"/api/v2/dags/{NAME}.migrate/dagRuns", body)
        frame = window.open(museum.page_of("migrate", "live"))
        frame.evaluate("window.sameDocument = true")
        watch = Watch(window.page, frame)
        until(plan.waiting, "the plan")  # what was loaded earlier is forgotten by now
        watch.until(lambda: "Plan" in watch.seen, "the plan")
        with before_the_first_chunk(pair.target_login, root, control) as first:
            plan.open()
            path = screenshots / "running-dark.png"
            watch_a_load(watch, pair, control, run_id, first, lambda: window.page.screenshot(path=path))
    watch.end()
    expect(frame.get_by_text("Proved: the target equals the source.")).to_be_visible()
    print(f"saw {watch.seen} at work, and {watch.rows} rows")
    assert frame.evaluate("window.sameDocument") is True


def test_the_keyboard_is_enough(museum: Museum, visit: Open) -> None:
    window = as_admin(visit, museum)
    frame = window.open(museum.page_of("verify", "differing"))
    frame.locator(".tabulator-row").first.wait_for()
    heading = frame.get_by_role("columnheader", name="Table", exact=True)
    frame.get_by_role("searchbox").first.focus()
    keyboard = window.page.keyboard
    for _ in range(3):
        keyboard.press("Tab")
    assert frame.evaluate("document.activeElement.textContent") == "Table"
    keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    first = frame.locator(".tabulator-row .table-name").first.inner_text()
    keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(frame.locator(".tabulator-row .table-name").first).not_to_have_text(first)
    frame.locator("#tab-tables").focus()
    keyboard.press("ArrowRight")
    expect(frame.locator("#tab-findings")).to_be_focused()
    expect(frame.locator("#tab-findings")).to_have_attribute("aria-selected", "true")
    keyboard.press("End")
    expect(frame.locator("#tab-incidents")).to_be_focused()
    outline = frame.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "focus must be seen"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_can_be_read_in_both_modes(museum: Museum, visit: Open, dark: bool) -> None:
    window = as_admin(visit, museum, dark=dark)
    frame = window.open(museum.page_of("verify", "differing"))
    frame.locator(".tabulator-row").first.wait_for()
    assert frame.evaluate("document.documentElement.dataset.mode") == ("dark" if dark else "light")
    for tab in TABS:
        frame.locator(f"#tab-{tab}").click()
        worst = frame.evaluate(CONTRAST)
        assert worst["ratio"] >= 4.5, worst


def test_the_page_follows_airflows_switch_at_once(museum: Museum, visit: Open) -> None:
    window = as_admin(visit, museum)
    frame = window.open(museum.page_of("migrate", "proved"))
    assert frame.evaluate("document.documentElement.dataset.mode") == "light"
    window.page.evaluate("document.documentElement.className = 'dark'")
    expect(frame.locator("html[data-mode=dark]")).to_have_count(1)


def test_a_dag_that_is_no_migrations_says_so(museum: Museum, visit: Open) -> None:
    window = as_admin(visit, museum)
    frame = window.open("/aurora-migration/?dag_id=some_other_dag")
    expect(frame.locator("main")).to_contain_text("is not the DAG of a migration")


def roles(frame: Frame) -> set[str]:
    return set(frame.evaluate("[...document.querySelectorAll('[role]')].map((each) => each.getAttribute('role'))"))


def test_assistive_software_is_told_what_things_are(museum: Museum, visit: Open) -> None:
    window = as_admin(visit, museum)
    frame = window.open(museum.page_of("migrate", "proved"))
    frame.locator(".tabulator-row").first.wait_for()
    assert {"tablist", "tab", "tabpanel", "grid", "columnheader", "progressbar", "status"} <= roles(frame)
    assert frame.evaluate(UNNAMED) == 0
