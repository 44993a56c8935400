"""What all tests share: one pair of real servers a session, the Aurora-like target included.

The header prints the server's version. No server is an error, never a silent skip.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from local.mysqld import find_distribution
from local.servers import Pair, pair_down, pair_up
from tests.fresh_databases import Databases
from tests.plugin.served import dead_port, mute, served

__all__ = ["dead_port", "mute", "served"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--scenarios", metavar="DIR", help="run the cases of this folder instead of tests/scenarios")


LEFT_OUT = ("big", "long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests marked `big` or `long` unless -m names the marker; an -m in addopts would be undone."""
    asked = re.findall(r"\w+", config.option.markexpr)
    left_out = [name for name in LEFT_OUT if name not in asked]
    gone = [item for item in items if any(item.get_closest_marker(name) for name in left_out)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]


def pytest_report_header() -> str:
    return f"MySQL servers: {find_distribution().version}, source and Aurora-like target"


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if session.testscollected == 0 and not session.config.option.collectonly:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.fixture(scope="session")
def server_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A running source and Aurora-like target, removed at the end."""
    folder = tmp_path_factory.mktemp("pair")
    try:
        yield pair_up(folder)
    finally:
        pair_down(folder)


@pytest.fixture
def databases(server_pair: Pair) -> Iterator[Callable[..., Databases]]:
    """Factory of a database that is new on both sides and dropped afterwards."""
    made: list[Databases] = []

    def make(*statements: str, name: str | None = None) -> Databases:
        made.append(Databases.create(server_pair, statements, name))
        return made[-1]

    yield make
    for one in made:
        one.drop()
