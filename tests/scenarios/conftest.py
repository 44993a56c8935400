"""Every folder with a ``source.sql`` beside this file is a case; ``--scenarios DIR`` takes those of another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.servers import Pair
from tests.scenarios.harness.case import Case, cases
from tests.scenarios.harness.databases import Stage, stage


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--scenarios")
        root = Path(chosen) if chosen else Path(__file__).parent
        found = list(cases(root))
        metafunc.parametrize("case", found, ids=[case.name for case in found])


@pytest.fixture(autouse=True)
def _skip_what_cannot_run(request: pytest.FixtureRequest) -> None:
    case = request.node.callspec.params.get("case") if hasattr(request.node, "callspec") else None
    if isinstance(case, Case) and case.expect.not_run:
        pytest.skip(f"not run: {case.expect.not_run}")


@pytest.fixture(scope="session")
def on_stage(server_pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The servers with the owner of the cases' databases."""
    with stage(server_pair, tmp_path_factory.mktemp("owner")) as ready:
        yield ready
