"""Every check tells its code on a bad set-up and is silent about it on a good one, on real servers."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from aurora_migration.model.config import TargetTablePrepMode
from aurora_migration.model.finding import Finding
from aurora_migration.model.plan import RunOptions
from tests.integration.preflight.cases import CASES, Case, SetUp
from tests.integration.preflight.cases_cdc import CDC_CASES
from tests.integration.preflight.world import World, config_for, execute, global_variables, settle

pytestmark = pytest.mark.servers

ALL_CASES = CASES + CDC_CASES
_IDS = [f"{case.code}-{number}" for number, case in enumerate(ALL_CASES)]


@pytest.mark.parametrize("case", ALL_CASES, ids=_IDS)
def test_tells_what_is_bad(case: Case, world: World, schema: str) -> None:
    found = _findings(case, case.bad, world, schema)
    told = [str(finding) for finding in found if finding.code == case.code]
    assert told, found
    for words in case.shows:
        assert any(words.replace("$s", schema) in text for text in told), (words, told)
    assert not [finding for finding in found if finding.code.startswith("check")]


@pytest.mark.parametrize("case", ALL_CASES, ids=_IDS)
def test_is_silent_on_what_is_good(case: Case, world: World, schema: str) -> None:
    found = _findings(case, case.good, world, schema)
    assert not [str(f) for f in found if f.code == case.code or f.code.startswith("check")]


def _findings(case: Case, set_up: SetUp, world: World, schema: str) -> list[Finding]:
    target = {"source": world.source, "odd": world.odd}.get(set_up.target_is, world.target)
    login = world.root(target, "target") if set_up.target_is != "target" else None
    config = config_for(schema, **_named(set_up.config, schema))
    options = RunOptions(prep_mode=TargetTablePrepMode(set_up.mode))
    with _prepared(set_up, world, schema):
        return world.check(
            case.check,
            config,
            target=login,
            options=options,
            loaded=frozenset(_named(list(set_up.loaded), schema)),
        )


@contextlib.contextmanager
def _prepared(set_up: SetUp, world: World, schema: str) -> Iterator[None]:
    try:
        if set_up.source:
            execute(world.source, _named(list(set_up.source), schema), schema)
        if set_up.target:
            execute(world.target, _named(list(set_up.target), schema), schema)
        with (
            global_variables(world.source, set_up.source_variables),
            global_variables(world.target, set_up.target_variables),
        ):
            if "max_connections" in set_up.target_variables:
                settle(world.target)
            yield
    finally:
        execute(world.source, _named(list(set_up.undo), schema))
        execute(world.target, _named(list(set_up.target_undo), schema))


def _named(value: Any, schema: str) -> Any:
    return json.loads(json.dumps(value).replace("$s", schema))
