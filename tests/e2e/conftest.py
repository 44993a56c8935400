"""Real Airflow, real servers: what every end-to-end test starts from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from local.airflow_client import ConnectionParams
from local.airflow_instance import ROOT, AirflowInstance
from local.login import Login
from local.servers import Pair

StartAirflow = Callable[..., AirflowInstance]


@pytest.fixture(scope="session")
def pair_connections(server_pair: Pair) -> Mapping[str, ConnectionParams]:
    """The two connections that migration files name, for the running pair."""
    logins = {"source_mysql": server_pair.source_login, "target_aurora": server_pair.target_login}
    return {
        name: ConnectionParams(end.host, end.port, end.user, end.password, extra='{"ssl_mode": "REQUIRED"}')
        for name, end in logins.items()
    }


@pytest.fixture(scope="session")
def root(server_pair: Pair) -> Mapping[str, Login]:
    """The root logins of both sides, which tests look and meddle with."""
    return {"source": server_pair.source.root_login, "target": server_pair.target.root_login}


@pytest.fixture(scope="module")
def start_airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartAirflow]:
    """A function that starts an instance against given connections; all are stopped at the end of the module.

    Arguments: connections, then by name dags, plugins, migrations, overrides, environment of `AirflowInstance`.
    """
    started: list[AirflowInstance] = []

    def start(
        connections: Mapping[str, ConnectionParams],
        dags: Path = ROOT / "dags",
        plugins: Path = ROOT / "plugins",
        migrations: Path = ROOT / "include" / "migrations",
        overrides: Mapping[str, Mapping[str, str]] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> AirflowInstance:
        folder = tmp_path_factory.mktemp("airflow")
        instance = AirflowInstance(
            folder,
            dags,
            plugins,
            connections,
            migrations=migrations,
            overrides=overrides,
            environment=environment,
        )
        started.append(instance)
        instance.start()
        return instance

    yield start
    for instance in started:
        instance.remove()
