"""Where a DAG run's seconds went: the parts are all of it, and a log's own stamps say when our code ran."""

from __future__ import annotations

import pytest

from bench.dag_times import covered, epoch, execute_span, parts


def entry(seconds: float, words: str) -> dict[str, str]:
    return {"timestamp": f"2026-01-01T00:00:{seconds:09.6f}Z", "event": words}


def test_time_that_overlaps_counts_once() -> None:
    assert covered([(5.0, 7.0), (0.0, 2.0), (1.0, 3.0), (1.5, 1.6)]) == 5.0
    assert covered([]) == 0.0


def test_the_parts_of_a_run_are_all_of_it() -> None:
    # two tasks at a time, then a gap, then a third
    found = parts(10.0, [(1.0, 4.0), (1.5, 5.0), (6.0, 9.0)], [(2.0, 3.5), (3.0, 4.5), (7.0, 8.0)])
    assert (found.engine, found.around, found.between) == (3.5, 3.5, 3.0)
    assert found.engine + found.around + found.between == 10.0
    assert found.share == pytest.approx(0.65)


def test_a_task_whose_log_is_silent_is_airflows() -> None:
    assert parts(4.0, [(0.0, 3.0)], []).share == 1.0


def test_a_log_says_when_execute_began_and_ended() -> None:
    log = [
        {"event": "::group::Log message source details"},
        {"event": "::endgroup::"},
        entry(1.0, "::group::Pre Execute"),
        entry(2.25, "::endgroup::"),
        entry(3.0, "::group::Units"),  # a phase's own groups
        entry(3.5, "::endgroup::"),
        entry(4.5, "::group::Post Execute"),
        "a line without marks",
    ]
    span = execute_span(log)
    assert span is not None
    begin, end = span
    assert (begin - epoch("2026-01-01T00:00:00Z"), end - begin) == (2.25, 2.25)


@pytest.mark.parametrize("words", ["::group::Pre Execute", "::endgroup::", "::group::Post Execute"])
def test_a_log_without_one_of_the_marks_says_nothing(words: str) -> None:
    marks = [entry(1.0, "::group::Pre Execute"), entry(2.0, "::endgroup::"), entry(3.0, "::group::Post Execute")]
    assert execute_span(marks) is not None
    assert execute_span([one for one in marks if one["event"] != words]) is None
