"""A real browser before a real Airflow that has really migrated something.

Screenshots go to a temporary folder, unless SCREENSHOTS names one: `make screenshots` does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pymysql
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Page,
    Playwright,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from local.airflow_client import ConnectionParams
from local.airflow_instance import ROOT, AirflowInstance
from local.browser import find_browser
from local.login import Login
from local.servers import Pair
from tests.e2e.conftest import pair_connections
from tests.e2e.runs import DAG_SECONDS, RUN_SECONDS
from tests.plugin.control_rows import HOSTILE

__all__ = ["pair_connections"]

PATIENT_MS = 240_000  # costs nothing where all is well
expect.set_options(timeout=PATIENT_MS)

SIZE: ViewportSize = {"width": 1440, "height": 1000}
NAME = "museum"
SOURCE = f"""
CREATE DATABASE museum;
CREATE TABLE museum.work (id INT PRIMARY KEY, title VARCHAR(80), price DECIMAL(10,2));
CREATE TABLE museum.`{HOSTILE}` (id INT PRIMARY KEY, note VARCHAR(80));
CREATE TABLE museum.visit (id INT AUTO_INCREMENT PRIMARY KEY, at DATETIME(3), day DATE, note VARCHAR(200),
  KEY (day));
INSERT INTO museum.work WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
  SELECT i, CONCAT('work ', i), i FROM n;
INSERT INTO museum.`{HOSTILE}` VALUES (1, 'a'), (2, 'b');
INSERT INTO museum.visit (at, day, note)
  WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
  SELECT '2026-01-31 10:00:00', '2026-01-31' - INTERVAL (a.i MOD 300) DAY, REPEAT('x', 150)
    FROM n a JOIN n b ON b.i <= 250;
CREATE VIEW museum.cheap AS SELECT id, title FROM museum.work WHERE price < 10;
"""
MIGRATION = f"""
name: {NAME}
description: Works and visits of a museum, for the tests of the page.
source: {{connection: source_mysql}}
target: {{connection: target_aurora}}
selection: [{{include: museum.*}}]
load: {{chunk_mib: 1, max_units: 6, parallel_units: 1}}
accounts: {{exclude: ["migrator@*", "root@*", "app_gallery@*"]}}
"""

GALLERY = "gallery"
GALLERY_SOURCE = """
CREATE DATABASE gallery;
CREATE TABLE gallery.painting (id INT PRIMARY KEY, title VARCHAR(80), year SMALLINT, KEY (year));
CREATE TABLE gallery.visitor (id INT AUTO_INCREMENT PRIMARY KEY, at DATETIME(3), day DATE, note VARCHAR(200),
  KEY (day));
INSERT INTO gallery.painting WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
  SELECT i, CONCAT('painting ', i), 1500 + i MOD 500 FROM n;
INSERT INTO gallery.visitor (at, day, note)
  WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
  SELECT '2026-01-31 10:00:00', '2026-01-31' - INTERVAL (a.i MOD 300) DAY, REPEAT('y', 150)
    FROM n a JOIN n b ON b.i <= 200;
CREATE EVENT gallery.nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM gallery.visitor WHERE id < 0;
CREATE USER app_gallery IDENTIFIED BY 'let me in';
GRANT ALL ON gallery.* TO app_gallery
"""
GALLERY_TARGET = ("CREATE USER app_gallery IDENTIFIED BY 'let me in'", "GRANT ALL ON gallery.* TO app_gallery")
GALLERY_MIGRATION = f"""
name: {GALLERY}
description: Paintings and visitors of a gallery, which move and are then cut over.
type: full-load-and-cdc
source: {{connection: source_mysql}}
target: {{connection: target_aurora}}
selection: [{{include: gallery.*}}]
load: {{chunk_mib: 1, max_units: 6, parallel_units: 1}}
accounts: {{mode: skip}}
sync: {{schedule: null}}
cutover: {{connection: source_admin, accounts: ["app_gallery@*"], approval_minutes: 30}}
"""


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go."""
    asked = os.environ.get("SCREENSHOTS")
    folder = Path(asked) if asked else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass
class Museum:
    """Airflow with one migration: its runs by what they are."""

    airflow: AirflowInstance
    pair: Pair
    runs: dict[str, str] = field(default_factory=dict)

    def run(self, kind: str, name: str, state: str, conf: Mapping[str, object] | None = None) -> str:
        """Trigger a DAG, wait for its end and remember the run."""
        dag_id = f"{NAME}.{kind}"
        self.runs[name] = self.airflow.client.trigger(dag_id, conf)
        assert self.airflow.client.wait_for_run(dag_id, self.runs[name], RUN_SECONDS) == state, (
            self.airflow.log_tail()
        )
        return self.runs[name]

    def page_of(self, kind: str, name: str) -> str:
        """The path of the tab of a run."""
        return f"/dags/{NAME}.{kind}/runs/{quote(self.runs[name])}/plugin/migration-run"


@pytest.fixture(scope="session")
def airflow(
    server_pair: Pair, pair_connections: Mapping[str, ConnectionParams], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AirflowInstance]:
    """An Airflow with two migrations, museum and gallery, of which nothing has run."""
    migrations = tmp_path_factory.mktemp("migrations")
    (migrations / f"{NAME}.yaml").write_text(MIGRATION)
    (migrations / f"{GALLERY}.yaml").write_text(GALLERY_MIGRATION)
    on(server_pair, "source", *SOURCE.split(";\n"), *GALLERY_SOURCE.split(";\n"))
    on(server_pair, "target", *GALLERY_TARGET)
    admin = server_pair.source.root_login
    extra = '{"ssl_mode": "REQUIRED"}'
    connections = dict(pair_connections) | {
        "source_admin": ConnectionParams(admin.host, admin.port, admin.user, admin.password, extra=extra)
    }
    instance = AirflowInstance(
        tmp_path_factory.mktemp("airflow"), ROOT / "dags", ROOT / "plugins", connections, migrations=migrations
    )
    try:
        instance.start()
        yield instance
    finally:
        instance.remove()
        for side in ("source", "target"):
            for name in (NAME, GALLERY):
                on(server_pair, side, f"DROP DATABASE IF EXISTS {name}")
            on(server_pair, side, "DROP USER IF EXISTS app_gallery")
        on(server_pair, "target", "DROP DATABASE IF EXISTS aurora_migration")


@pytest.fixture(scope="session")
def museum(airflow: AirflowInstance, server_pair: Pair) -> Museum:
    """A migration that is proved, then a verification that finds what was changed on the target by hand."""
    made = Museum(airflow, server_pair)
    for kind in ("migrate", "verify"):
        airflow.client.wait_for_dag(f"{NAME}.{kind}", DAG_SECONDS, DAG_SECONDS)
        airflow.client.unpause(f"{NAME}.{kind}")
    made.run("migrate", "proved", "success")
    on(
        server_pair,
        "target",
        "UPDATE museum.work SET title = 'another' WHERE id = 77",
        "DELETE FROM museum.work WHERE id = 78",
        "DROP VIEW museum.cheap",
    )
    made.run("verify", "differing", "failed")
    return made


def on(pair: Pair, side: str, *statements: str) -> None:
    """Run statements as root on one of the servers."""
    server = pair.source if side == "source" else pair.target
    root = Login("127.0.0.1", server.port, "root", server.root_password)
    with root.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET SESSION cte_max_recursion_depth = 10000")
        for text in filter(str.strip, statements):
            cursor.execute(text)


def refusal(pair: Pair, side: str) -> int:
    """0 if the application of the gallery may write on this side, else MySQL's number."""
    server = pair.source if side == "source" else pair.target
    try:
        with Login("127.0.0.1", server.port, "app_gallery", "let me in").connect() as connection:
            connection.cursor().execute("DELETE FROM gallery.painting WHERE FALSE")
    except pymysql.err.MySQLError as error:
        return int(error.args[0])
    return 0


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium; there is no test of the page without one."""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
    yield browser
    browser.close()


@dataclass
class Visit:
    """A signed-in user's window, and all that went wrong in it."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def open(self, path: str) -> Frame:
        """Go to a path of Airflow; returns the page's frame, or the page itself where it is not framed."""
        self.page.goto(f"{self.base}{path}")
        if "aurora-migration/" in path and "/plugin/" not in path:
            frame = self.page.main_frame
        else:
            self.page.wait_for_selector("iframe")
            frame = next(each for each in self.page.frames if each.parent_frame is not None)
        frame.wait_for_selector("h1, .empty")
        return frame


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Signs a user in: `visit(url, user, password, dark=…)`; at the end nothing may have gone wrong there."""
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def sign_in(url: str, user: str, password: str, *, dark: bool = False) -> Visit:
        login = {"username": user, "password": password}
        answer = httpx.post(f"{url}/auth/token", json=login, trust_env=False, timeout=PATIENT_MS / 1000)
        token = answer.raise_for_status().json()["access_token"]
        context = browser.new_context(viewport=SIZE, color_scheme="dark" if dark else "light")
        contexts.append(context)
        context.set_default_timeout(PATIENT_MS)
        context.add_cookies([{"name": "_token", "value": token, "url": url}])
        made = Visit(context.new_page(), url)
        visits.append(made)
        watch(made)
        return made

    yield sign_in
    for context in contexts:
        context.close()
    for each in visits:
        assert each.faults == []
        assert each.elsewhere == [], "no other host is contacted"


def watch(made: Visit) -> None:
    """Note errors in scripts, violations of the policy, and requests to other hosts."""

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            made.faults.append(f"{message.text} ({message.location.get('url', '')})")

    def asked(request: Request) -> None:
        if (
            urlsplit(request.url).scheme in {"http", "https"}
            and urlsplit(request.url).netloc != urlsplit(made.base).netloc
        ):
            made.elsewhere.append(request.url)

    made.page.on("console", said)
    made.page.on("pageerror", lambda error: made.faults.append(str(error)))
    made.page.on("request", asked)
