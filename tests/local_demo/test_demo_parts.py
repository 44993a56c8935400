"""The demo's parts: what it migrates, what it reads from the control schema, what it shows."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.names import TableName
from aurora_migration.model.report import Difference, DifferenceKind, TableVerdict, Verdict
from aurora_migration.store import verdicts
from local import LocalError
from local.airflow_instance import MIGRATIONS
from local.demo.case import Wish, choose, dump_migration, make_room, write_migration
from local.demo.control import ControlReader, Snapshot
from local.demo.follow import by_task, label, present_phase, seconds_of, tell_ended, worth_showing
from local.demo.report import print_report
from local.demo.screen import Rate, Screen, bar, eta, progress_line
from tests.fresh_databases import Databases, create_like_source
from tests.loads import control_of, load_all, prepare_load, run_load

# -- what is migrated --------------------------------------------------------------------------------------------


def test_the_sample_uses_the_projects_own_file(tmp_path: Path) -> None:
    case = choose(Wish(tmp_path))
    assert (case.dag_id, case.migrations) == ("shop.migrate", MIGRATIONS)
    before = {path: path.read_text() for path in MIGRATIONS.glob("*.yaml")}
    write_migration(Wish(tmp_path), case, ["shop"])
    assert {path: path.read_text() for path in MIGRATIONS.glob("*.yaml")} == before
    assert list(tmp_path.iterdir()) == []


def test_another_type_is_a_generated_file_that_differs_in_nothing_else(tmp_path: Path) -> None:
    wish = Wish(tmp_path, kind="full-load-and-cdc")
    case = choose(wish)
    case.migrations.mkdir()
    write_migration(wish, case, ["shop"])
    made = yaml.safe_load((tmp_path / "migrations" / "shop.yaml").read_text())
    own = yaml.safe_load((MIGRATIONS / "shop.yaml").read_text())
    assert made == {**own, "type": "full-load-and-cdc"}


def test_a_dumps_migration_is_valid_and_selects_its_databases_whole_and_alone() -> None:
    names = ["plain", "a[b]*", "wh?t", "dot.ted", "ü 'x' \"y\""]
    config = MigrationConfig.model_validate(dump_migration(Path("my.sql.gz"), names))
    for name in names:
        assert config.selects(TableName(name, "t"))
        assert config.selects_whole_schema(name)
    for other in ("ab*", "what", "plain2", "a[b]c"):
        assert not config.selects(TableName(other, "t"))


def test_a_missing_dump_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"nowhere\.sql: there is no such file"):
        choose(Wish(tmp_path, dump=tmp_path / "nowhere.sql"))


def test_another_case_gets_servers_of_its_own_and_the_same_case_keeps_them(tmp_path: Path) -> None:
    dump = tmp_path / "d.sql.gz"
    dump.write_bytes(gzip.compress(b""))
    folder = tmp_path / "run"
    data = folder / "source" / "data"
    data.mkdir(parents=True)
    make_room(Wish(folder))
    assert data.exists(), "servers that no demo has filled stay"
    make_room(Wish(folder, kind="full-load"))
    assert data.exists(), "the sample again"
    make_room(Wish(folder, dump=dump))
    assert not data.exists(), "a dump after the sample"
    data.mkdir(parents=True)
    make_room(Wish(folder, dump=dump))
    assert data.exists(), "the same dump again"


# -- what is read ------------------------------------------------------------------------------------------------


@pytest.mark.servers
def test_a_run_is_read_as_it_goes_on(databases: Callable[..., Databases]) -> None:
    made = databases(
        "CREATE TABLE big (id INT PRIMARY KEY, filler VARCHAR(500))",
        "INSERT INTO big WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
        " SELECT i, REPEAT('x', 400) FROM n",
        "CREATE TABLE small (id INT PRIMARY KEY)",
        "INSERT INTO small VALUES (1), (2)",
    )
    control = control_of(made)
    name = control.migration
    reader = ControlReader(made.pair.target_login, name, "run", control.schema)
    try:
        assert reader.snapshot() is None
        create_like_source(made, ["big", "small"])
        prepare_load(made, ranges_of=100_000)
        planned = reader.snapshot()
        assert planned is not None
        assert (planned.tables, planned.tables_loaded, planned.rows, planned.ranges_verified) == (2, 0, 0, 0)
        assert planned.ranges > 2
        run_load(made)
        loaded = reader.snapshot()
        assert loaded is not None
        assert (loaded.tables_loaded, loaded.rows) == (2, 902)
        assert loaded.bytes > 900 * 400
        made.on_target(
            f"DELETE FROM {control.schema}.chunks WHERE migration = '{name}' AND source_table = 'small'"
        )
        half = reader.snapshot()
        assert half is not None
        assert (half.tables_loaded, half.rows) == (1, 900)
    finally:
        reader.close()


@pytest.mark.servers
def test_the_report_shows_what_differs_first_and_names_rules(databases: Callable[..., Databases]) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    create_like_source(made, ["t"])
    load_all(made)
    control = control_of(made)
    bad = TableVerdict("s.t", "s.t", "checksum", Verdict.DIFFERS, 1234, 1233, 1, 1)
    verdicts.save_verdict(made.target, control, "run", TableName("s", "t"), 0, bad)
    found = [
        Difference(DifferenceKind.ON_PURPOSE, "objects", f"view s.v{n}", "other", "some-rule") for n in range(9)
    ]
    found.append(Difference(DifferenceKind.MISSING, "objects", "view s.gone", "not on the target"))
    verdicts.save_differences(made.target, control, "run", "objects", found)
    reader = ControlReader(made.pair.target_login, control.migration, "run", control.schema)
    console = Console(file=io.StringIO(), width=160)
    print_report(console, reader)
    reader.close()
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "differs" in text
    assert "1,234" in text
    assert "1,233" in text
    assert text.index("view s.gone missing: not on the target") < text.index("view s.v0: other (some-rule)")
    assert "and 6 more of the same kind" in text


# -- what is shown -----------------------------------------------------------------------------------------------


def task(name: str, state: str, index: int = -1, start: int = 0, end: int | None = None) -> dict[str, Any]:
    """A task instance as the REST API gives it."""
    return {
        "id": f"{name}{index}",
        "task_id": name,
        "map_index": index,
        "state": state,
        "try_number": 1,
        "rendered_map_index": None,
        "start_date": f"2026-01-01T00:00:{start:02}Z",
        "end_date": None if end is None else f"2026-01-01T00:00:{end:02}Z",
    }


def screen() -> tuple[Screen, io.StringIO]:
    """A screen on a plain output."""
    out = io.StringIO()
    return Screen(Console(file=out, width=160)), out


def test_a_task_is_told_once_when_all_its_units_have_ended() -> None:
    shown, out = screen()
    told: set[str] = set()
    tasks = [task("load", "success", 0, 1, 4), task("load", "running", 1, 2)]
    tell_ended(tasks, told, shown)
    assert out.getvalue() == ""
    tasks[1].update(state="failed", end_date="2026-01-01T00:00:09Z")
    tell_ended(tasks, told, shown)
    tell_ended(tasks, told, shown)
    assert out.getvalue() == "  ✗ load (2 units)  8.0 s  failed\n"
    tasks[1].update(state="running")
    tell_ended(tasks, told, shown)
    tasks[1].update(state="success")
    tell_ended(tasks, told, shown)
    assert out.getvalue().endswith("  ✓ load (2 units)  8.0 s\n"), "cleared and run again, it is told again"


def test_the_present_phase_is_what_runs_else_what_waits() -> None:
    tasks = [task("a", "success", start=1, end=2), task("c", "queued", start=3), task("b", "running", start=2)]
    assert present_phase(tasks) == "b"
    assert present_phase([tasks[0], tasks[1]]) == "c (queued)"
    assert present_phase([tasks[0]]) == "waiting for the scheduler"
    assert list(by_task(tasks)) == ["a", "b", "c"]
    assert seconds_of([tasks[0]]) == 1.0
    assert label(task("load", "failed", 3)) == "load[3]"


def test_a_log_is_shown_without_airflows_frame() -> None:
    log = ["::group::Pre Execute", "noise", "::endgroup::", "::group::Findings (1)", "a finding", "::endgroup::"]
    assert worth_showing([*log, "an error", "::group::Post Execute", "noise"]) == ["a finding", "an error"]


def test_progress_names_tables_rows_rate_percent_and_time_to_go() -> None:
    half = Snapshot(4, 1, 500_000, 50 << 20, 1_000_000, 4, 0, 0)
    line = progress_line("load", half, 10_000.0)
    for part in ("load", "50%", "tables 1/4", "rows 500,000 of about 1,000,000", "10,000 rows/s", "ETA 50 s"):
        assert part in line
    more_than_estimated = Snapshot(4, 3, 1_200_000, 1, 1_000_000, 4, 0, 0)
    assert " 99%" in progress_line("load", more_than_estimated, 1.0), "not done before every table is"
    assert "100%" in progress_line("load", Snapshot(4, 4, 9, 1, 10, 4, 0, 0), 0.0)
    assert "ranges 3/4" in progress_line("verify_rows", Snapshot(4, 4, 9, 1, 10, 4, 3, 7), 0.0)
    assert progress_line("accounts", half, 1.0).strip() == "… accounts"
    assert (bar(0), len(bar(0.5)), eta(3671)) == ("░" * 16, 16, "61 min 11 s")


def test_the_rate_is_that_of_the_last_seconds() -> None:
    now = [0.0]
    rate = Rate(lambda: now[0])
    assert rate.per_second == 0
    for second in range(40):
        now[0] = float(second)
        rate.add(0 if second < 20 else (second - 20) * 1000)
    assert rate.per_second == pytest.approx(1000, rel=0.01)


def test_a_plain_output_gets_a_line_now_and_then() -> None:
    out, now = io.StringIO(), [0.0]
    shown = Screen(Console(file=out, width=160), lambda: now[0])
    for second in range(12):
        now[0] = float(second)
        shown.show(f"second {second}")
    assert out.getvalue().splitlines() == ["second 5", "second 10"]
