"""The pages made of results: goals name their case, larger results have a section, what is missing is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import load_larger, load_page, page
from bench.load_figures import processes, words_of_dag
from bench.load_goals import goals

Json = dict[str, Any]


def run(seconds: float, cpu: float = 1.0, **said: Any) -> Json:
    processes = [
        {"name": "source server", "cpu": 7.0, "peak_mib": 900.0},
        {"name": "target server", "cpu": 8.0, "peak_mib": 800.0},
        {"name": "client", "cpu": cpu, "peak_mib": 50.0},
    ]
    return {"seconds": seconds, "processes": processes, "said": said, "wrong": ""}


def line(name: str, *runs: Json, failed: str = "") -> Json:
    return {"name": name, "about": f"about {name}", "runs": list(runs), "failed": failed}


def case(name: str, size: int, *lines: Json) -> Json:
    known = {"name": name, "data": "wide", "about": "columns", "tables": 1, "rows": size // 500, "bytes": size}
    return {**known, "contestants": list(lines)}


def dag_run(silent: int = 0, repeated: int = 0) -> Json:
    parts = {"engine": 180.0, "around": 12.0, "between": 8.0, "silent": silent, "repeated": repeated}
    return run(200.0, spans={"load": 90.0}, **parts)


def result(*cases: Json) -> Json:
    return {
        "machine": "a machine", "mysql": "9.7", "buffer_pool": "6G", "redo_log": "8G", "idle_sleep": 0.2,
        "python": "3.11", "parse_interval": 300,
        "rounds": 2, "minutes": 3.5, "versions": {"mydumper": "0.10"}, "load_average": {"begin": 0.5, "end": 1.5},
        "cases": list(cases),
    }  # fmt: skip


WIDE = case(
    "wide",
    4_000_000_000,
    line("engine", run(100.0, 20.0), run(110.0, 22.0)),
    line("mysqldump | mysql", run(200.0), run(330.0)),
    line("mydumper + myloader", failed="there is | none in /tmp/here"),
    line("whole DAG run", dag_run()),
)


def cells(table: str, first: str) -> list[str]:
    """The first row that begins with it."""
    found = next(row for row in table.splitlines() if row.startswith(f"| {first} |"))
    return [cell.strip() for cell in found.replace("\\|", "¦").strip("|").split("|")]


def test_a_goal_says_which_case_it_is_from() -> None:
    slow = line("pandas", run(400.0), run(440.0))
    found = goals(result({**WIDE, "contestants": [*WIDE["contestants"], slow]}))
    assert cells(found, "pandas")[1:] == [
        "`wide`, 4,000 MB",
        "6.0 × faster",
        "4.00 (4.00–4.00), **not reached**",
    ]
    assert cells(found, "mysqldump \\| mysql")[1:] == ["`wide`, 4,000 MB", "2.5 × faster", "2.50 (2.00–3.00)"]
    assert "mydumper" not in found


def test_airflows_share_has_a_goal_in_a_large_run_only() -> None:
    name = "Airflow's share of the whole DAG run, %"
    assert cells(goals(result(WIDE)), name)[2:] == ["under 10 % of a run of 4 GB", "10.00 (10.00–10.00)"]
    assert name not in goals(result({**WIDE, "bytes": 1_000_000_000}))


def test_each_further_gigabyte_and_ten_times_the_rows() -> None:
    tenth = case("growth", 400_000_000, line("engine", run(10.0, 4.0), run(10.0, 4.0)))
    found = goals(result(WIDE, tenth))
    assert cells(found, "the engine's CPU for each GB more")[3] == "4.72 (4.44–5.00)"
    assert cells(found, "time for ten times the rows")[3] == "10.50 (10.00–11.00)"


def test_a_load_task_has_a_goal_for_its_memory_where_it_was_seen() -> None:
    name = "a load task's process, Airflow's own code included"
    assert name not in goals(result(WIDE))
    seen = dag_run()
    seen["processes"] += [{"name": "task load", "cpu": 9.0, "peak_mib": 201.0}]
    found = goals(result({**WIDE, "contestants": [line("whole DAG run", seen, dag_run())]}))
    assert cells(found, name)[2:] == ["under 200 MiB", "201.00 (201.00–201.00), **not reached**"]


def test_every_process_is_told() -> None:
    first, second = run(1.0, 3.0), run(1.0, 5.0)
    second["processes"] += [{"name": "ended between two looks", "cpu": 0.5, "peak_mib": 0.0}]
    found = processes(case("wide", 1, line("engine", first, second), line("mysqldump | mysql", failed="none")))
    assert cells(found, "engine") == ["engine", "client", "4.00 (3.00–5.00)", "50"]
    assert "| engine | ended between two looks | 0.50 (0.50–0.50) | – |" in found
    assert "server" not in found
    assert found in load_larger.section([result(case("wide", 1, line("engine", first, second)))])


def test_what_was_on_disk_at_the_end_is_told_where_it_was_looked_at() -> None:
    tenth = case("growth", 400_000_000, line("engine", run(10.0, written_mb=3.0)))
    large = {**WIDE, "contestants": [line("engine", run(100.0, written_mb=2000.0), run(100.0, written_mb=3000.0))]}
    said = "MB of its tables' pages: 3 (3–3) of the 400 MB and 2500 (2000–3000) of the 4,000 MB."
    assert said in load_larger.section([result(large, tenth)])
    assert "When the engine ended" not in load_larger.section([result(WIDE, tenth)])


def test_goals_need_the_engine() -> None:
    assert goals(result(case("wide", 1_000_000, line("mysqldump | mysql", run(1.0))))) == ""


def test_the_words_of_a_dag_run_say_whose_the_time_is() -> None:
    said = words_of_dag(WIDE)
    assert "in our code: 180.00 (180.00–180.00); around it in tasks: 12.00" in said
    assert "Airflow's share: **10.00 (10.00–10.00) %**" in said
    assert "repeated" not in said
    assert "3 tasks' logs do not say" in words_of_dag(case("wide", 1, line("whole DAG run", dag_run(silent=3))))
    assert "2 tries failed" in words_of_dag(case("wide", 1, line("whole DAG run", dag_run(repeated=2))))
    assert words_of_dag(case("wide", 1, line("engine", run(1.0)))) == ""


def test_larger_results_have_a_table_each() -> None:
    smallest = result(case("wide", 250_000_000, line("engine", run(5.0))))
    text = load_larger.section([result({**WIDE, "bytes": 1_000_000_000}), result(WIDE)], smallest)
    assert "`scheduler_idle_sleep_time` 0.2 s and `min_file_process_interval` 300 s; rounds: 2" in " ".join(
        text.split()
    )
    small, large = text.split("### The wide table, ")[1:]
    assert (small[:6], large[:6]) == ("1.0 GB", "4.0 GB")
    assert cells(large, "engine") == [
        "engine",
        "105.00 (100.00–110.00)",
        "–",
        "38.2 (36.4–40.0)",
        "50.0 (50.0–50.0)",
        "5.25 (5.00–5.50)",
        "50",
        "all, equal",
    ]
    assert cells(large, "mysqldump \\| mysql")[2:5] == ["2.50 (2.00–3.00)", "16.1 (12.1–20.0)", "–"]
    assert cells(large, "mydumper + myloader")[1] == "took no part: there is ¦ none in …"
    assert "`innodb_redo_log_capacity` 8G" in large
    assert load_larger.section([]) == ""


@pytest.mark.parametrize("names", [[], ["load"], ["load-4g"], ["load", "load-1g", "load-4g", "other"]])
def test_the_page_shows_the_results_that_are_there(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / f"{name}.json").write_text(json.dumps(result(WIDE)), encoding="utf-8")
    text = page.text(page.kept(tmp_path))
    assert text.startswith("# Benchmarks\n")
    assert text.count("## How to run") == 1
    assert ("## Copying, side by side" in text) == ("load" in names)
    assert text.count("### The wide table, 4.0 GB") == sum(name in page.LARGER for name in names)
    prose = [one for one in text.split("```")[0].splitlines() if not one.startswith("|")]
    assert [one for one in prose if len(one) > 125] == []
    assert "\n\n\n" not in text


def test_without_the_engine_nobody_is_compared_with_it() -> None:
    others = (line("mysqldump | mysql", run(2.0)), line("mydumper + myloader", run(1.0)))
    for shown in (
        load_page.table(case("wide", 1_000_000, line("engine", failed="no luck"), *others)),
        load_page.table(case("wide", 1_000_000, *others)),
        load_larger.section([result(case("wide", 1_000_000_000, *others))]),
    ):
        assert cells(shown, "mydumper + myloader")[1:3] == ["1.00 (1.00–1.00)", "–"]
        assert "2.00 (2.00–2.00)" in cells(shown, "mysqldump \\| mysql")[1]
