"""docs/scaling.md's measured parts are what bench/results/scaling.json says."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bench.scaling_page import constants_words, replaced, tiny_words, write
from bench.simulate import CONSTANTS, PAGE

FOUND: dict[str, Any] = {
    "machine": "a machine, 2 cores",
    "mysql": "9.7",
    "engine": {
        "rounds": 3,
        "load_average": 1.0,
        "table_mib": 100.0,
        "values": {
            "large": [5.0, 4.0, 10.0], "small": [9.0], "empty": [0.02, 0.03, 0.04],
            "question": [0.001, 0.002, 0.003], "catalog": [0.0005],
        },
        "cpu": [{"here": 1.0, "source": 2.0, "target": 5.0}],
    },
    "nothing": {"load_average": 2.0, "rounds": [{"slot_seconds": 2.0, "cpu_seconds": 0.5}]},
    "constants": {"mib_per_second": 16.0, "chunk_seconds": 0.25, "range_seconds": 0.03, "task_seconds": 0.5},
    "tiny": {
        "tables": 1000, "tasks": 4, "wall": 50.0, "load_average": 2.5,
        "starts": {"plan[-1]": 1.0, "load[0]": 5.0, "load[1]": 5.0, "verify_rows[0]": 30.0},
        "durations": {"plan[-1]": 2.0, "load[0]": 20.0, "load[1]": 10.0, "verify_rows[0]": 18.0},
    },
}  # fmt: skip


def words(text: str) -> str:
    return " ".join(text.split())


def test_constants_have_their_range_and_their_machine() -> None:
    said = words(constants_words(FOUND))
    assert "one worker, MiB/s | 20.0 (10.0–25.0) |" in said
    assert "load task, ms | 20 (20–20); 50 (50–50); 10 (10–10) |" in said
    assert "(a machine, 2 cores): load average 1.0 for the engine's figures, 2.0 for Airflow's" in said
    assert "Others were at work" not in said


def test_what_follows_is_reckoned_from_them() -> None:
    said = words(constants_words(FOUND))
    assert "at 16 MiB that is 20 % of its time" in said
    assert "a thousand key ranges, 30 s of one worker" in said
    # 8 units twice and the plan, half a second each; 4,096 MiB at 80 ms
    assert "and 1 other tasks: 17 task instances. That is 8 processor seconds of Airflow beside 328" in said
    assert "3 % of the sum" in said


def test_tiny_tables_say_where_the_time_went() -> None:
    said = words(tiny_words(FOUND))
    assert "1,000 tables of ten rows and an index each: 4 task instances, 2 load units, **50 s**" in said
    assert "on a quiet machine (reached)" in said
    assert "`plan` 2, `load` 20, `verify_rows` 18; between tasks 10, or 20 %" in said
    assert "Most went into `load` and `verify_rows`" in said


@pytest.mark.parametrize(
    ("wall", "load", "judged"), [(70.0, 2.5, "(**not reached**)"), (50.0, 30.0, "quiet machine; this one was not")]
)
def test_the_aim_is_judged_on_a_quiet_machine_only(wall: float, load: float, judged: str) -> None:
    found = copy.deepcopy(FOUND)
    found["tiny"] |= {"wall": wall, "load_average": load}
    assert judged in words(tiny_words(found))
    assert ("Others were at work" in constants_words(found)) == (load == 30.0)


def test_only_what_stands_between_the_comments_changes() -> None:
    page = "head\n<!-- tiny: begin -->\nold\n<!-- tiny: end -->\ntail\n"
    assert replaced(page, "tiny", "new") == page.replace("old", "new")
    for broken in ("head", page.replace("<!-- tiny: end -->", ""), page.replace("<!-- tiny: begin -->", "")):
        with pytest.raises(ValueError, match="no place for tiny"):
            replaced(broken, "tiny", "new")


def test_the_page_says_what_the_kept_result_says(tmp_path: Path) -> None:
    page = tmp_path / "scaling.md"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    write(CONSTANTS, page)
    assert page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_a_part_that_was_never_measured_is_an_error(tmp_path: Path) -> None:
    result = tmp_path / "scaling.json"
    result.write_text(json.dumps({key: value for key, value in FOUND.items() if key != "tiny"}), encoding="utf-8")
    page = tmp_path / "scaling.md"
    page.write_text("as it was", encoding="utf-8")
    with pytest.raises(KeyError, match="tiny"):
        write(result, page)
    assert page.read_text(encoding="utf-8") == "as it was"
