"""A page beside a run that stops where a test wants to see it, until the page has shown it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Frame, Locator, Page, expect

from aurora_migration.store.control import Control
from local.servers import Pair
from tests.e2e.gates import SECONDS, Gate, before_rows, before_the_phase, keys_within_ranges, until


@dataclass
class Watch:
    """The phases that the page has shown at work, and the numbers of rows that have arrived."""

    page: Page
    frame: Frame
    seen: set[str] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)

    def until(self, reached: Callable[[], object], awaited: str) -> None:
        """Look until it is so."""
        deadline = time.monotonic() + SECONDS
        while not reached():
            assert time.monotonic() < deadline, f"the page never showed {awaited}: {self.seen}, {self.rows}"
            self.seen |= {text.strip() for text in self.frame.locator(".phases .live .name").all_inner_texts()}
            shown = self.frame.locator(".figures .value").all_inner_texts()[:1]
            self.rows |= {text for text in shown if text not in {"–", "0"}}
            self.page.wait_for_timeout(300)

    def another_phase(self) -> None:
        """Look until a phase is at work that was not seen before."""
        before = len(self.seen)
        self.until(lambda: len(self.seen) > before, "another phase")

    def end(self) -> None:
        """Look until the run is over."""
        self.until(lambda: not self.frame.locator(".pulse.live").count(), "the end")


def watch_a_load(
    watch: Watch, pair: Pair, control: Control, run_id: str, first: Gate, middle: Callable[[], object]
) -> None:
    """Watch a load, which waits at the gate before its first chunk, and the wave after it, until they were shown.

    ``middle`` is done while rows have arrived and no more do. The large table is of some 200,000 rows.
    """
    root, (schema, table) = pair.target.root_login, LARGE[control.migration]
    expect(watch.frame.locator(".pulse.live")).to_be_visible()
    with before_the_phase(root, control, run_id, "schema-wave-2") as wave:
        until(first.waiting, "a load that claims its first chunk")
        watch.until(lambda: "Load" in watch.seen, "the load")
        keys = keys_within_ranges(root, control, 180_000, 2, table)
        with before_rows(root, f"{schema}.{table}", keys, together=True) as (half,):
            first.open()
            until(half.waiting, "a load in the middle of the large table")
            watch.until(lambda: watch.rows, "rows")
            middle()
        until(wave.waiting, "the second wave")
        watch.another_phase()
        watch.until(lambda: len(watch.rows) > 1, "more rows")


def report_is_ready(page: Page, link: Locator) -> None:
    """Return once a report is there: a busy server asks to come back for it, which is no download."""
    url = link.evaluate("each => each.href")
    until(lambda: page.request.get(url).status != 503, "the report")


LARGE = {"museum": ("museum", "visit"), "gallery": ("gallery", "visitor")}
