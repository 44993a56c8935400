"""The container set-up, as far as it can be judged without an engine.

Compose itself resolves the file, each reference leads to something, no secret has a default. Nothing here builds
the image or starts a container; what runs inside is tested in tests/local/test_local_container.py.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import LocalError
from local.compose import find_compose, resolved

ROOT = Path(__file__).resolve().parents[2]
ENV = ROOT / ".env.example"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))
SECRET = re.compile(r"\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*)([^}]*)\}")
AIRFLOW = ("airflow-init", "airflow-apiserver", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer")


@pytest.fixture(scope="module")
def compose() -> list[str]:
    try:
        return find_compose()
    except LocalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def services(compose: list[str]) -> dict[str, Any]:
    return dict(resolved(ENV, compose)["services"])


def env_values() -> dict[str, str]:
    lines = ENV.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


# --- the compose file


def test_compose_accepts_the_file_and_finds_every_service(services: dict[str, Any]) -> None:
    assert set(services) == {"postgres", "source", "target", "sample", *AIRFLOW}


def test_the_profile_celery_adds_a_queue_and_workers_that_run_what_the_scheduler_would(compose: list[str]) -> None:
    services = resolved(ENV, compose, ("celery",))["services"]
    worker, scheduler = services["airflow-worker"], services["airflow-scheduler"]
    assert set(services) == {"postgres", "source", "target", "sample", "redis", "airflow-worker", *AIRFLOW}
    own = {"DUMB_INIT_SETSID": "0"}
    assert worker["environment"] == scheduler["environment"] | own
    assert worker["volumes"] == scheduler["volumes"]
    assert "@redis:6379/0" in worker["environment"]["AIRFLOW__CELERY__BROKER_URL"]
    assert "ports" not in services["redis"]
    for name in ("redis", "airflow-worker"):
        assert "healthcheck" in services[name]
        for other, wanted in services[name].get("depends_on", {}).items():
            needed = "service_completed_successfully" if other == "airflow-init" else "service_healthy"
            assert wanted["condition"] == needed, f"{name} waits for {other}"


def test_the_executor_is_named_by_the_environment(compose: list[str], tmp_path: Path) -> None:
    own = tmp_path / "env"
    own.write_text(f"{ENV.read_text(encoding='utf-8')}\nAIRFLOW_EXECUTOR=CeleryExecutor\n", encoding="utf-8")
    for name, values in (("LocalExecutor", ENV), ("CeleryExecutor", own)):
        services = resolved(values, compose, ("celery",))["services"]
        chosen = {services[service]["environment"]["AIRFLOW__CORE__EXECUTOR"] for service in AIRFLOW}
        assert chosen == {name}


def test_compose_refuses_to_start_without_the_secrets(compose: list[str]) -> None:
    with pytest.raises(LocalError, match=r"copy \.env\.example to \.env"):
        resolved(None, compose)


def test_no_secret_has_a_default_and_each_is_in_the_example() -> None:
    used = SECRET.findall((ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))
    assert used
    for name, rest in used:
        assert rest.startswith(":?"), f"{name} must come from .env"
        assert name in env_values(), f"{name} is missing in .env.example"


def test_the_examples_secrets_say_that_they_are_for_a_trial() -> None:
    values = env_values()
    fernet = values.pop("AIRFLOW_FERNET_KEY")
    for name, value in values.items():
        assert value.startswith("local-demo") or name == "AIRFLOW_USER", name
        assert re.fullmatch(r"[A-Za-z0-9_-]+", value), f"{name} would need quoting in a URL or JSON"
    from cryptography.fernet import Fernet

    Fernet(fernet)
    assert len(values["AIRFLOW_JWT_SECRET"]) >= 64


def test_every_variable_of_the_example_is_used() -> None:
    text = (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
    named = re.findall(r"^#?([A-Z_]+)=", ENV.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {name for name in named if f"${{{name}" not in text} == set()


def test_every_file_that_is_mounted_exists() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            place = volume.replace("${AIRFLOW_PROJ_DIR:-.}", ".").split(":")[0]
            if place.startswith("."):
                assert (ROOT / place).exists(), place
            else:
                assert place in COMPOSE["volumes"], place


def test_published_ports_listen_on_this_machine_only(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 3
    assert all("127.0.0.1" in str(port) for port in ports)


def test_what_runs_on_has_a_health_check_and_what_depends_on_it_waits(services: dict[str, Any]) -> None:
    for name, service in services.items():
        once = name in {"airflow-init", "sample"}
        assert ("healthcheck" in service) is not once, name
        for other, wanted in service.get("depends_on", {}).items():
            needed = "service_completed_successfully" if other == "airflow-init" else "service_healthy"
            assert wanted["condition"] == needed, f"{name} waits for {other}"


def test_mysql_servers_are_set_up_as_the_local_ones_are(services: dict[str, Any]) -> None:
    for name, events in (("source", "ON"), ("target", "OFF")):
        options = set(services[name]["command"])
        assert {"--gtid-mode=ON", "--enforce-gtid-consistency=ON", f"--event-scheduler={events}"} <= options
    assert "--local-infile=ON" in services["target"]["command"]


@pytest.mark.airflow
def test_the_connections_lead_the_bridge_to_both_servers(
    services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from aurora_migration.bridge.endpoints import endpoint

    for name, value in services["airflow-scheduler"]["environment"].items():
        if name.startswith("AIRFLOW_CONN_"):
            json.loads(value)
            monkeypatch.setenv(name, value)
    source, target = endpoint("source", "source_mysql"), endpoint("target", "target_aurora")
    assert (source.host, source.port, source.user, source.password) == (
        "source",
        3306,
        "migrator",
        "local-demo-migrator",
    )
    assert (target.host, target.port, target.user, target.password) == (
        "target",
        3306,
        "admin",
        "local-demo-admin",
    )
    assert (source.ssl_mode, target.ssl_mode) == ("REQUIRED", "REQUIRED")
    assert not source.ssl_ca


def test_own_databases_are_named_by_the_environment(compose: list[str], tmp_path: Path) -> None:
    own = tmp_path / "env"
    extra = (
        "TARGET_HOST=db.example.com",
        "TARGET_SSL_MODE=VERIFY_IDENTITY",
        "TARGET_SSL_CA=/opt/airflow/include/ca/b.pem",
    )
    own.write_text("\n".join([ENV.read_text(encoding="utf-8"), *extra]), encoding="utf-8")
    services = resolved(own, compose)["services"]
    connection = json.loads(services["airflow-scheduler"]["environment"]["AIRFLOW_CONN_TARGET_AURORA"])
    assert connection["host"] == "db.example.com"
    assert connection["extra"] == {"ssl_mode": "VERIFY_IDENTITY", "ssl_ca": "/opt/airflow/include/ca/b.pem"}


# --- the image


def dockerfile() -> Iterator[list[str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield shlex.split(line)


def ignored(path: str) -> bool:
    """Whether .dockerignore leaves a top-level entry out: the last pattern that names it wins."""
    out = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#") and pattern.lstrip("!") in {"*", path}:
            out = not pattern.startswith("!")
    return out


def test_the_image_is_the_airflow_that_requirements_name() -> None:
    images = [words[1] for words in dockerfile() if words[0] == "FROM"]
    pinned = re.search(r"^apache-airflow==(\S+)$", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)
    assert pinned
    assert set(images) == {f"apache/airflow:{pinned[1]}-python3.11"}


def test_the_lock_is_made_for_the_images_python() -> None:
    assert "--python-version 3.11" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_lock_can_be_used_as_constraints() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==\S+( ;.*)?", line)] == []
    assert any(line.startswith("mysqlclient==") for line in lines)


def test_every_path_that_is_copied_exists_and_reaches_the_engine() -> None:
    copied = [words[1:-1] for words in dockerfile() if words[0] == "COPY" and "--from=build" not in words]
    paths = [path for words in copied for path in words if not path.startswith("--")]
    libraries = {"local/vendor.py", "plugins/aurora_migration/web/vendor.json"}
    assert {"requirements.txt", "requirements.lock", "dags", "plugins", "include", *libraries} == set(paths)
    for path in paths:
        assert (ROOT / path).exists(), path
        assert not (ignored(path) and ignored(path.split("/")[0])), path


def test_secrets_and_local_data_stay_out_of_the_image() -> None:
    for path in (".env", ".git", "local", ".venv", "tests", "logs"):
        assert ignored(path), path


def test_the_image_builds_with_the_packages_that_setup_installs() -> None:
    script = (ROOT / "local" / "setup.sh").read_text(encoding="utf-8")
    apt = next(words for words in dockerfile() if "default-libmysqlclient-dev" in words)
    for package in ("gcc", "libc6-dev", "pkg-config", "default-libmysqlclient-dev"):
        assert package in apt
        assert package in script
