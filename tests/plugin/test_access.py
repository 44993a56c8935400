"""Every route, walked as nobody, as viewer, as administrator, and by users without permission for the DAG."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from aurora_migration.web.headers import POLICY
from local.airflow_instance import ROOT
from tests.plugin.control_rows import RUN
from tests.plugin.served import Served, heard

pytestmark = [pytest.mark.servers, pytest.mark.airflow, pytest.mark.slow]

# every route of the application, with an address for it; those of a migration are asked for alpha's
GENERAL = {"/": "", "/static/{path:path}": "static/js/main.js", "/api/migrations": "api/migrations"}
OF_ALPHA = {
    "/api/migrations/{name}": "api/migrations/alpha",
    "/api/migrations/{name}/tables": f"api/migrations/alpha/tables?run_id={RUN.replace('+', '%2B')}",
    "/api/migrations/{name}/evidence": f"api/migrations/alpha/evidence?run_id={RUN.replace('+', '%2B')}",
    "/api/migrations/{name}/dms": "api/migrations/alpha/dms",
    "/api/migrations/{name}/report": f"api/migrations/alpha/report?form=json&run_id={RUN.replace('+', '%2B')}",
}
# who: (status of what belongs to no migration, status of what belongs to alpha)
WHO = {None: (401, 401), "stranger": (403, 403), "outsider": (200, 403), "viewer": (200, 200), "admin": (200, 200)}


_LIST = """
import json
from aurora_migration.web.app import create_app
def walk(routes):
    for route in routes:
        if hasattr(route, "methods"):
            yield [route.path, sorted(route.methods)]
        else:
            raise SystemExit(f"an unknown kind of route: {route!r}")
print(json.dumps(list(walk(create_app().router.routes))))
"""


def test_the_walk_below_knows_every_route_and_all_of_them_only_read(tmp_path: Path) -> None:
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "plugins")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _LIST], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    routes = json.loads(done.stdout.splitlines()[-1])
    assert {path for path, _ in routes} == {*GENERAL, *OF_ALPHA}
    assert {method for _, methods in routes for method in methods} == {"GET"}


@pytest.mark.parametrize("who", WHO, ids=str)
def test_who_may_see_what(served: Served, who: str | None) -> None:
    general, of_alpha = WHO[who]
    with served.server.client(who) as client:
        for path in GENERAL.values():
            assert_answer(client.get(path), general)
        for path in OF_ALPHA.values():
            assert_answer(heard(client, path), of_alpha)
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for path in (*GENERAL.values(), *OF_ALPHA.values()):
                assert_answer(client.request(method, path), 405)
        for path in ("docs", "redoc", "openapi.json"):
            assert_answer(client.get(path), 404)


def assert_answer(answer: httpx.Response, status: int) -> None:
    """The status, the headers that every answer has, and the form of a refusal."""
    assert answer.status_code == status, answer.url
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] in {"no-store", "private, no-cache"}
    if status >= 400:
        assert set(answer.json()) == {"code", "message"}
    elif answer.headers["content-type"] == "application/json":
        assert answer.headers["cache-control"] == "no-store"


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    parts = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert parts.pop("default-src") == "'none'"
    assert parts.pop("frame-ancestors") == "'self'"
    assert set(parts.values()) == {"'self'", "'none'"}


def test_a_user_sees_the_migrations_that_airflow_lets_him_read(served: Served) -> None:
    for who, names in {
        "outsider": {"other"},
        "viewer": {"alpha", "other", "many", "dead", "mute", "lost"},
    }.items():
        with served.server.client(who) as client:
            listed = client.get("api/migrations").json()["migrations"]
            assert {one["migration"]["name"] for one in listed} == names


def test_whether_a_migration_exists_is_told_only_to_whom_may_read_its_dag(served: Served) -> None:
    with served.server.client("outsider") as client:
        assert client.get("api/migrations/nothing").status_code == 403
    with served.server.client("admin") as client:
        assert client.get("api/migrations/nothing").status_code == 404
        assert client.get("api/migrations/NOT-A-NAME").status_code == 422


def test_a_cookie_is_as_good_as_a_header_and_a_forged_token_as_bad_as_none(served: Served) -> None:
    with served.server.client(None) as client:
        token = served.server.token("viewer")
        for shown, allowed in ((token, {200}), (f"{token}x", {401, 403})):
            client.cookies.set("_token", shown)
            assert client.get("api/migrations").status_code in allowed


def test_no_answer_holds_a_host_a_user_a_password_or_a_connection(served: Served) -> None:
    with served.server.client("admin") as client:
        names = [one["migration"]["name"] for one in client.get("api/migrations").json()["migrations"]]
        texts = [client.get("api/migrations").text]
        for name in names:
            parts = ("", "/tables", "/evidence?run_id=x")
            texts.extend(client.get(f"api/migrations/{name}{part}").text for part in parts)
        texts += [heard(client, path).text for path in OF_ALPHA.values()]
    for text in texts:
        assert json.loads(text)
        assert [word for word in served.secret_words if word in text] == []


@pytest.mark.parametrize(
    "path",
    [
        "static/../app.py",
        "static/%2e%2e/app.py",
        "static//etc/passwd",
        "static/..%2f..%2f__init__.py",
        "static/none.js",
    ],
)
def test_no_file_but_the_pages_own_is_served(served: Served, path: str) -> None:
    with served.server.client("admin") as client:
        assert client.get(path).status_code == 404


def test_airflow_has_no_complaint_about_the_plugin(served: Served) -> None:
    with served.server.client("admin") as client:
        root = f"{served.server.url}/api/v2/plugins"
        assert client.get(f"{root}/importErrors").json()["import_errors"] == []
        plugins = {one["name"]: one for one in client.get(root).json()["plugins"]}
    views = plugins["aurora_migration"]["external_views"]
    assert {(view["name"], view["destination"]) for view in views} == {
        ("Migrations", "nav"),
        ("Migration", "dag"),
        ("Migration", "dag_run"),
    }
    assert all(not view["href"].startswith(("/", "http")) for view in views), "it may lie under any path"
