"""`make bench` at a tiny size, with those that need no download: it runs, and its check sees what is wrong.

On servers of its own, since the target is killed and laid anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bench import load_page
from bench.contestants import ENGINE, EVERYBODY, left_out
from bench.load import Bench
from bench.load_cases import Case, turns
from bench.load_tables import DATA
from bench.processes import Command, FailedError, run
from bench.stage import Stage, as_root, missing_indexes, sums, written_mb, wrong
from local.servers import pair_down, pair_up
from tests.patience import until

pytestmark = [pytest.mark.servers, pytest.mark.slow]

NAMES = ("engine", "mydumper + myloader", "INSERT … SELECT, indexes after")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("bench")
    try:
        yield Stage.of(pair_up(folder), folder / "stage")
    finally:
        pair_down(folder)


def test_a_round_is_run_checked_and_shown(stage: Stage) -> None:
    wide = DATA["wide"]
    chosen = tuple(left_out(one) if one.fetched else one for one in EVERYBODY if one.name in NAMES)
    ticked: set[str] = set()

    def a_round() -> dict[str, Any] | None:
        """None while a server has been too fast for the kernel, which counts its time in ticks."""
        found = Bench(stage, None).case(Case("wide", wide, 1 << 20, chosen))
        used = found["contestants"][0]["runs"][0]["processes"]
        ticked.update(one["name"] for one in used if one["cpu"] > 0)
        return found if ticked >= {one["name"] for one in used} else None

    found = until(a_round, "each process has used a tick")
    assert found is not None
    engine, mydumper, floor = found["contestants"]
    assert (mydumper["runs"], mydumper["failed"]) == ([], "left out by --local")
    assert (found["tables"], found["rows"]) == (1, 2185)
    for line in (engine, floor):
        (run,) = line["runs"]
        assert (run["wrong"], run["seconds"] > 0) == ("", True)
    used = {one["name"]: one for one in engine["runs"][0]["processes"]}
    assert {"source server", "target server", "engine", "worker 1"} <= set(used)
    assert all(one["peak_mib"] > 10 for one in used.values())

    shown = load_page.table(found)
    assert "took no part: left out by --local" in shown
    assert shown.count("all, equal") == 2
    facts = {
        "machine": "a machine", "mysql": "9.7", "buffer_pool": "1G", "redo_log": "1G", "python": "3.11",
        "rounds": 1, "minutes": 1,
        "versions": {"mydumper": "0.10"}, "load_average": {"begin": 1.0, "end": 9.0},
    }  # fmt: skip
    section = load_page.section({**facts, "cases": [found]})
    assert "(others were at work" in " ".join(section.split())
    assert "| INSERT … SELECT, indexes after |" in section
    assert [line for line in section.splitlines() if len(line) > 125 and not line.startswith("|")] == []
    assert "<svg" in load_page.picture({"cases": [found]})

    with as_root(stage, "target") as cursor:
        before = written_mb(stage)
        cursor.execute("UPDATE bench.wide SET id = id + 100000 ORDER BY id DESC")
        cursor.execute("FLUSH TABLES bench.wide FOR EXPORT")  # which writes all of its pages
        assert written_mb(stage) - before > 1
        cursor.execute("UNLOCK TABLES")
        cursor.execute("UPDATE bench.wide SET id = id - 100000 ORDER BY id")

    expected = sums(stage, "source")
    assert wrong(stage, expected) == ""
    with as_root(stage, "target") as cursor:
        cursor.execute("UPDATE bench.wide SET note = 'x' WHERE id = 7")
        cursor.execute("ALTER TABLE bench.wide DROP INDEX email")
        assert wrong(stage, expected) == "wide: other values in note"
        assert missing_indexes(stage) == "no index email"
        cursor.execute("DELETE FROM bench.wide WHERE id = 8")
        assert wrong(stage, expected) == "wide: 2184 rows instead of 2185"
        cursor.execute("DROP TABLE bench.wide")
        assert wrong(stage, expected) == "1 tables are missing, wide among them"
    stage.restore()
    assert sums(stage, "target") == {}


def test_each_round_begins_with_another_one() -> None:
    assert [one.name for one in turns((ENGINE, *EVERYBODY[1:3]), 4)] == [
        "mysqldump | mysql",
        "mydumper + myloader",
        "engine",
    ]


def test_a_client_that_fails_says_why() -> None:
    with pytest.raises(FailedError, match="sh: out of luck"):
        run(Command("sh", ("/bin/sh", "-c", "echo out of luck >&2; exit 3")))
