"""The pair of local servers: a source MySQL and an Aurora-like target, kept in one folder.

`python -m local.servers up|down|status`. `endpoints.json` in that folder (mode 600) tells other programs where
the two listen and how to log in; keys that others add to it are kept. Taking up what is up changes nothing,
what has died is started again with its data, taking down removes the data.
"""

import argparse
import json
import logging
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from local import LocalError, aurora, script
from local.debian import exclusive
from local.home import ServerHome
from local.login import Login
from local.mysqld import Distribution, Server, find_distribution, write_private

RUN_FOLDER = Path(__file__).parent / "run"
MIGRATOR = "migrator"

SOURCE_OPTIONS: Mapping[str, str] = {"event_scheduler": "ON"}
# Aurora's own default; the migrated events must not run before cutover
TARGET_OPTIONS: Mapping[str, str] = {"event_scheduler": "OFF"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Both servers, running, with the logins that a migration uses (root's passwords are the servers' own)."""

    folder: Path
    source: Server
    target: Server
    source_login: Login
    target_login: Login

    def endpoints(self) -> dict[str, dict[str, str | int]]:
        """The contents of `endpoints.json`; holds passwords."""
        return {
            "source": _endpoint(self.source, self.source_login),
            "target": _endpoint(self.target, self.target_login),
        }


def pair_up(
    folder: Path,
    dist: Distribution | None = None,
    source_options: Mapping[str, str] | None = None,
    target_options: Mapping[str, str] | None = None,
    admin_holding: aurora.Holding = "directly",
) -> Pair:
    """Return the running pair of `folder`, making or starting what is missing; options are added to the defaults.

    Raises:
        LocalError: no MySQL to be had, or a server does not start.
    """
    dist = dist or find_distribution()
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / "servers.lock"):
        known = read_endpoints(folder)
        source = Server.create(dist, folder / "source", "source", {**SOURCE_OPTIONS, **(source_options or {})})
        target = Server.create(dist, folder / "target", "target", {**TARGET_OPTIONS, **(target_options or {})})
        for server in (source, target):
            server.start()
        source_login = _login(source, MIGRATOR, known.get("source", {}))
        target_login = _login(target, aurora.ADMIN, known.get("target", {}))
        with source.connect() as connection:
            known_already = aurora.SET_PASSWORD if source_login.is_accepted() else ""
            words = {"password": source_login.password}
            script.run(connection, Path(__file__).with_name("migrator.sql"), words, without=known_already)
        aurora.make_aurora_like(target, target_login.password, admin_holding)
        pair = Pair(folder, source, target, source_login, target_login)
        write_private(folder / "endpoints.json", json.dumps({**known, **pair.endpoints()}, indent=2) + "\n")
    return pair


def pair_down(folder: Path) -> None:
    """Stop both servers of `folder` and remove their data and `endpoints.json`; no servers is no error."""
    folder = folder.resolve()
    if not folder.exists():
        return
    with exclusive(folder / "servers.lock"):
        for name in ("source", "target"):
            ServerHome(folder / name).remove()
        (folder / "endpoints.json").unlink(missing_ok=True)


def read_endpoints(folder: Path = RUN_FOLDER) -> dict[str, dict[str, str | int]]:
    """Return what `endpoints.json` of `folder` holds, {} where there is none."""
    path = folder / "endpoints.json"
    if not path.exists():
        return {}
    known: dict[str, dict[str, str | int]] = json.loads(path.read_text())
    return known


def _login(server: Server, user: str, known: Mapping[str, str | int]) -> Login:
    """A password once given is kept, since connections made with it outlive a restart of the servers."""
    return replace(server.root_login, user=user, password=str(known.get("password") or secrets.token_urlsafe(18)))


def _endpoint(server: Server, login: Login) -> dict[str, str | int]:
    return {
        "host": login.host,
        "port": login.port,
        "user": login.user,
        "password": login.password,
        "root_user": "root",
        "root_password": server.root_password,
    }


def _status(folder: Path) -> int:
    """Print one line a server; 0 where both run."""
    running = 0
    for name, endpoint in read_endpoints(folder).items():
        if name in ("source", "target"):
            pid = ServerHome(folder.resolve() / name).pid()
            running += pid is not None
            state = f"runs, PID {pid}" if pid else "does not run"
            print(f"{name}: {endpoint['host']}:{endpoint['port']} {state}")
    if running < 2:
        print("`make servers` starts them")
    return 0 if running == 2 else 1


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.servers", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("up", "down", "status"))
    parser.add_argument("--folder", type=Path, default=RUN_FOLDER, help="where servers and data live")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        if chosen.command == "down":
            pair_down(chosen.folder)
            return 0
        if chosen.command == "up":
            pair = pair_up(chosen.folder)
            print(f"MySQL {pair.source.dist.version}; logins are in {pair.folder / 'endpoints.json'}")
        return _status(chosen.folder)
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
