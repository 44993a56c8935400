"""The page of a report: whatever the names in it are, it stays a page of text that needs nothing else."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from html.parser import HTMLParser

from aurora_migration.bridge import report_page
from aurora_migration.bridge.report_content import content
from aurora_migration.bridge.report_files import ReportDocument, file_name
from aurora_migration.store.reports import Evidence
from tests.processor import slower
from tests.unit.report import evidence_rows as rows

NOW = datetime(2026, 1, 31, 12, 2, tzinfo=UTC)
ALLOWED = {
    "class",
    "id",
    "scope",
    "lang",
    "charset",
    "name",
    "content",
    "http-equiv",
    "href",
    "aria-label",
    "style",
}


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page(evidence: Evidence) -> str:
    return ReportDocument(content(rows.migration(), rows.RUN, evidence, NOW)).html().decode()


def test_hostile_names_stay_text_and_are_all_told() -> None:
    html = page(rows.hostile())
    found = Page(html)
    assert not {"img", "script", "iframe", "object", "link", "form"} & set(found.tags)
    assert {name for name, _ in found.attributes} <= ALLOWED
    assert "<img" not in html
    assert "{{7*7}}" in html  # a name is never a template
    # everything that the content has of it, but for what the page sums up, is on the page
    assert "".join(found.text).count(rows.HOSTILE) > 30


def test_the_page_needs_nothing_but_itself() -> None:
    html = page(rows.hostile())
    for name, value in Page(html).attributes:
        if name == "href":
            assert str(value).startswith("#")
    assert not re.search(r"https?:|//[a-z]|@import|url\(", html)
    assert "default-src 'none'" in html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_links_lead_to_sections_and_tables_have_captions_and_scopes() -> None:
    cutover = rows.cutover_run(rows.cutover())
    for evidence in (rows.evidence(), rows.hostile(), rows.evidence(0, phases=[], spans=[]), cutover):
        found = Page(page(evidence))
        ids = {value for name, value in found.attributes if name == "id"}
        assert {f"#{one}" for one in ids} == {value for name, value in found.attributes if name == "href"}
        assert found.tags.count("caption") == found.tags.count("table")
        assert found.tags.count("th") == sum(name == "scope" for name, _ in found.attributes)


def test_what_needs_a_person_comes_first_and_says_what_to_do() -> None:
    found = report_page.attention(content(rows.migration(), rows.RUN, rows.hostile(), NOW))
    assert len(found) == 6
    assert all(one["subject"] and one["seen"] and one["remedy"] for one in found)
    html = page(rows.hostile())
    assert html.index("What needs a person</h2>") < html.index("Run and versions</h2>")
    assert "What needs a person" not in page(rows.evidence())


def test_the_page_of_a_cutover_begins_with_its_facts() -> None:
    html = page(rows.cutover_run(rows.cutover()))
    assert html.index("Who and when</caption>") < html.index("Run and versions</h2>")
    assert "The applications write to the target." in html
    for words in ("ada", "7.5 s", "secret_target_connection", "8.0.39 (Aurora)", "accounts that are locked: 1"):
        assert words in html


def test_five_thousand_tables_take_less_than_two_seconds() -> None:
    evidence = rows.evidence(5000)
    page(rows.evidence())  # the template is read once
    started = time.process_time()
    document = ReportDocument(content(rows.migration(), rows.RUN, evidence, NOW))
    data, html = document.json(), document.html()
    seconds, pace = time.process_time() - started, slower()
    print(f"5,000 tables: {seconds:.2f} s, JSON {len(data):,} bytes, HTML {len(html):,} bytes")
    assert seconds < 2 * pace
    assert html.count(b"shop.t4999") == 1


def test_numbers_for_people() -> None:
    assert [report_page.size(value) for value in (None, 0, 1023, 1024, 5 << 30, 3 << 40)] == [
        "–",
        "0 B",
        "1,023 B",
        "1.0 KiB",
        "5.0 GiB",
        "3.0 TiB",
    ]
    assert [report_page.duration(value) for value in (None, 0.04, 59.9, 61, 7325)] == [
        "–",
        "0.0 s",
        "59.9 s",
        "1 min 01 s",
        "2 h 02 min",
    ]
    assert report_page.number(1234567.8) == "1,234,568"
    assert report_page.moment("2026-01-31T12:00:00.123Z") == "2026-01-31 12:00:00 UTC"
    assert [report_page.words(value) for value in (True, [], ["a", 1], "", None, 0)] == [
        "yes",
        "none",
        "a, 1",
        "none",
        "none",
        "0",
    ]


def test_a_run_id_becomes_one_folder_whatever_is_in_it() -> None:
    assert file_name(rows.RUN) == rows.RUN
    assert file_name("../../etc/x y") == ".._.._etc_x_y"
    assert file_name("..") == file_name(".") == "_"
