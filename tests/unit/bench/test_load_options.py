"""`bench.load`'s command line, and who copies what after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import page
from bench.load_cases import cases
from bench.load_options import parsed, redo_log


def test_each_size_has_its_own_option() -> None:
    found = cases(parsed([]), None)
    mib = {name: case.size >> 20 for name, case in found.items()}
    assert mib == {"wide": 256, "growth": 25, "narrow": 256, "skewed": 256, "tiny": 0}
    assert (parsed([]).link_mib, parsed([]).redo_log) == (32, "1G")
    assert (parsed([]).idle_sleep, parsed([]).parse_interval) == (1.0, 30), "as Airflow has them"
    assert (found["wide"].rounds, found["narrow"].rounds) == (5, 2)
    assert "pandas" in [one.name for one in found["wide"].contestants]
    assert "pandas" not in [one.name for one in found["narrow"].contestants]
    assert [one.name for one in found["growth"].contestants] == ["engine"]


def test_contestants_are_those_that_are_named() -> None:
    found = cases(parsed(["--contestants", "mysqldump | mysql", "pandas"]), None)
    assert {name: [one.name for one in case.contestants] for name, case in found.items()} == {
        "wide": ["mysqldump | mysql", "pandas"],
        "narrow": ["mysqldump | mysql"],
        "skewed": ["mysqldump | mysql"],
        "tiny": ["mysqldump | mysql"],
    }


def test_the_target_holds_a_copy_only_for_those_who_need_it() -> None:
    assert cases(parsed([]), None)["wide"].needs_floor
    assert not cases(parsed(["--contestants", "engine", "pandas"]), None)["wide"].needs_floor
    assert not cases(parsed([]), None)["growth"].needs_floor


def test_who_is_not_known_is_refused_with_those_who_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(["--contestants", "engine", "rsync"])
    said = " ".join(capsys.readouterr().err.split())
    assert "no contestant 'rsync'; known are 'engine', 'mysqldump | mysql'" in said
    assert said.endswith("'whole DAG run'")


def test_the_redo_log_follows_the_size() -> None:
    assert [redo_log(size) for size in (4, 256, 512, 600, 1024, 4096, 16384)] == [
        "1G", "1G", "1G", "2G", "2G", "8G", "8G",
    ]  # fmt: skip
    assert parsed(["--size-mib", "4096", "--redo-log", "3G"]).redo_log == "3G"


def test_only_results_that_the_page_shows_change_it() -> None:
    assert page.publishes(page.RESULTS / "load.json")
    assert page.publishes(page.RESULTS / ".." / "results" / "load-4g.json")
    assert not page.publishes(page.RESULTS / "load-2g.json")
    assert not page.publishes(Path("load.json"))
