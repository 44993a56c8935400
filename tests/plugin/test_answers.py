"""A target is asked once for many, left alone after a failure, and never waited for beyond patience."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from aurora_migration.errors import ConfigurationError, MissingPrivilegeError, RetryableError
from aurora_migration.web.answers import PER_TARGET, REST_SECONDS, WORKERS, Answer, Answers, TargetState

PATIENT = 120.0  # where an answer is expected: no machine is so slow
HURRIED = 0.1  # where none is


class Clock:
    """Time that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a slow target waits for; opened at the end, so that no thread stays behind."""
    event = threading.Event()
    yield event
    event.set()


def ask(answers: Answers, load: Any, key: str = "k", target: str = "t") -> Answer:
    return asyncio.run(answers.ask(target, key, load))


def fail(error: Exception) -> Any:
    def load() -> None:
        raise error

    return load


def test_many_who_ask_at_once_are_answered_by_one_question(gate: threading.Event) -> None:
    asked: list[int] = []

    def load() -> int:
        asked.append(1)
        gate.wait(PATIENT)
        return 42

    async def many() -> list[Answer]:
        answers = Answers(patience=PATIENT)
        tasks = [asyncio.create_task(answers.ask("t", "k", load)) for _ in range(20)]
        await asyncio.sleep(0)  # each has asked by now
        gate.set()
        return await asyncio.gather(*tasks)

    found = asyncio.run(many())
    assert [(each.value, each.state) for each in found] == [(42, TargetState.OK)] * 20
    assert len(asked) == 1


def test_a_fresh_answer_is_kept_for_a_moment_and_not_longer() -> None:
    clock = Clock()
    answers = Answers(clock, PATIENT)
    numbers = iter(range(10))
    assert ask(answers, lambda: next(numbers)).value == 0
    assert ask(answers, lambda: next(numbers)).value == 0
    clock.now += 1.5
    assert ask(answers, lambda: next(numbers)).value == 1


def test_a_costly_question_is_asked_less_often() -> None:
    clock = Clock()
    answers = Answers(clock, PATIENT)
    numbers = iter(range(10))

    def load() -> int:
        clock.now += 4
        return next(numbers)

    assert ask(answers, load).value == 0
    clock.now += 11
    assert ask(answers, load).value == 0
    clock.now += 2
    assert ask(answers, load).value == 1


def test_a_slow_target_is_not_waited_for_and_its_late_answer_is_not_lost(gate: threading.Event) -> None:
    answers = Answers(Clock(), HURRIED)  # for which the late answer stays fresh
    answered: list[str] = []

    def load() -> str:
        gate.wait(PATIENT)
        answered.append("late")
        return "late"

    assert ask(answers, load).state is TargetState.SLOW
    assert ask(answers, load).state is TargetState.SLOW
    assert answered == [], "the target was waited for"
    gate.set()
    deadline = time.monotonic() + PATIENT
    while (found := ask(answers, lambda: "anew")).value is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (found.value, found.state) == ("late", TargetState.OK)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (RetryableError("MySQL error 2003: Can't connect to 'db.example'"), TargetState.DOWN),
        (ConfigurationError("no host"), TargetState.REFUSED),
        (MissingPrivilegeError("SELECT command denied to user"), TargetState.DENIED),
        (ValueError("a fault of ours"), TargetState.FAILED),
    ],
)
def test_errors_become_words_that_name_nothing(error: Exception, state: TargetState) -> None:
    found = ask(Answers(patience=PATIENT), fail(error))
    assert found.state is state
    assert found.value is None
    assert found.told()["message"]
    assert str(error) not in str(found.told())


def test_after_a_failure_the_last_answer_is_shown_and_the_target_left_alone() -> None:
    clock = Clock()
    answers = Answers(clock, PATIENT)
    asked: list[int] = []
    good = ask(answers, lambda: "good")
    clock.now += 10

    def dead() -> None:
        asked.append(1)
        raise RetryableError("gone")

    for _ in range(5):
        found = ask(answers, dead)
        assert (found.value, found.state, found.at) == ("good", TargetState.DOWN, good.at)
    assert ask(answers, dead, key="another question").state is TargetState.DOWN
    assert len(asked) == 1
    assert ask(answers, lambda: "fine", target="another").value == "fine"
    clock.now += REST_SECONDS + 1
    assert ask(answers, lambda: "back").value == "back"


def test_a_fault_in_one_question_stands_in_the_way_of_no_other() -> None:
    answers = Answers(patience=PATIENT)
    assert ask(answers, fail(KeyError("ours")), key="bad").state is TargetState.FAILED
    assert ask(answers, lambda: 1, key="good").value == 1


def test_a_mute_target_takes_only_its_share_of_the_threads(gate: threading.Event) -> None:
    assert PER_TARGET < WORKERS
    running: list[int] = []

    def load() -> None:
        running.append(1)
        gate.wait(PATIENT)

    async def many() -> tuple[list[Answer], Answer, list[Answer]]:
        answers = Answers(patience=PATIENT)
        mute = [asyncio.create_task(answers.ask("mute", number, load)) for number in range(50)]
        await asyncio.sleep(0)  # each has asked by now
        good = await answers.ask("good", "k", lambda: "good")  # while those that hold a thread wait on
        sent_away = [each.result() for each in mute if each.done()]
        gate.set()
        return sent_away, good, await asyncio.gather(*mute)

    sent_away, good, mute = asyncio.run(many())
    assert [each.state for each in sent_away] == [TargetState.SLOW] * (50 - PER_TARGET)
    assert good.value == "good"
    assert len(running) == PER_TARGET
    assert sum(each.state is TargetState.OK for each in mute) == PER_TARGET


def test_what_needs_no_target_is_done_while_targets_hold_every_thread(gate: threading.Event) -> None:
    async def many() -> Any:
        answers = Answers(patience=HURRIED)
        targets = [f"t{number}" for number in range(WORKERS)]
        await asyncio.gather(
            *(answers.ask(one, (one, key), lambda: gate.wait(PATIENT)) for one in targets for key in range(3))
        )
        return await answers.run(lambda: "local")

    assert asyncio.run(many()) == "local"


def test_memory_is_bounded_however_many_runs_are_looked_at() -> None:
    answers = Answers(patience=PATIENT)

    async def many() -> int:
        for number in range(500):
            await answers.ask("t", ("run", number), lambda: "x")
        return len(answers._questions)

    assert asyncio.run(many()) <= 130
