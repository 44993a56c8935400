"""Prints what a migration would do with accounts, roles and grants, and touches nothing.

`python -m local.accounts_plan NAME [--json]`. Connections come from `AIRFLOW_CONN_<ID>` (JSON or URI, as Airflow
reads them), else from `local/run/endpoints.json`. Neither output holds a password or a hash. The exit status is 1
if the account policy blocks the migration.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from aurora_migration.bridge.migration_files import read, read_file
from aurora_migration.engine.accounts import (
    AccountPlan,
    account_findings,
    plan_accounts,
    read_accounts,
    target_capability,
)
from aurora_migration.engine.plan import build_plan
from aurora_migration.errors import ConfigurationError, MigrationError
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.finding import Severity
from aurora_migration.model.plan import RunOptions
from aurora_migration.mysql.endpoint import Endpoint, SslMode
from aurora_migration.mysql.session import Session
from local.servers import RUN_FOLDER, read_endpoints

_MARKS = {"create": "+", "merge": "=", "leave": "!", "skip": "-"}
_LEGEND = "+ is created   = is there already, gets what is missing   ! is left alone   - is left out"


def endpoint(role: str, connection_id: str, environment: Mapping[str, str], folder: Path) -> Endpoint:
    """Where to connect as which account. Raises: ConfigurationError."""
    variable = f"AIRFLOW_CONN_{connection_id.upper()}"
    text = environment.get(variable)
    if text:
        return _from_airflow(role, connection_id, variable, text)
    known = read_endpoints(folder).get(role)
    if known is None:
        raise ConfigurationError(
            f"neither {variable} is set nor do local servers run",
            subject=f"{role} connection {connection_id}",
            remedy="set the variable, or start the local servers with `make servers`",
        )
    return Endpoint(role, str(known["host"]), int(known["port"]), str(known["user"]), str(known["password"]))


def proposed(config: MigrationConfig, source: Endpoint, target: Endpoint) -> AccountPlan:
    """Read both servers and plan; nothing is written. Raises: MigrationError."""
    with Session.open(source) as left, Session.open(target) as right:
        plan = build_plan(config, RunOptions(), left)
        capability = target_capability(right)
        return plan_accounts(read_accounts(left), read_accounts(right), capability, plan, config.accounts)


def lines(name: str, plan: AccountPlan) -> Iterator[str]:
    """The plan for people."""
    rows = plan.report_rows()
    counted = Counter(row["action"] for row in rows)
    counts = ", ".join(f"{counted[action]} {action}" for action in _MARKS if counted[action])
    yield f"Accounts of migration {name} (mode {plan.mode}): {counts or 'none'}"
    yield _LEGEND
    for row in rows:
        login = " ".join(filter(None, (row["plugin"], "locked" if row["locked"] else "")))
        yield f"{_MARKS[row['action']]} {row['account']}  {login}".rstrip()
        yield from (f"    keeps    {text}" for text in row["kept"])
        yield from (f"    default  role {text}" for text in row["default_roles"])
        yield from (f"    drops    {one['what']}  [{one['rule']}]" for one in row["dropped"])
        yield from (f"    changes  {one['what']} → {one['became']}  [{one['rule']}]" for one in row["changed"])
    yield "Findings"
    yield from (f"  {finding}" for finding in account_findings(plan))


def as_json(name: str, plan: AccountPlan) -> dict[str, Any]:
    """The plan for programs."""
    findings = [
        {
            "severity": str(one.severity),
            "code": one.code,
            "subject": one.subject,
            "observed": one.observed,
            "remedy": one.remedy,
        }
        for one in account_findings(plan)
    ]
    return {"migration": name, "mode": plan.mode, "accounts": plan.report_rows(), "findings": findings}


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.accounts_plan", description=__doc__.splitlines()[0])
    parser.add_argument("migration", help="name of a migration, or path of its file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--folder", type=Path, default=RUN_FOLDER, help="where endpoints.json is")
    chosen = parser.parse_args(arguments)
    try:
        by_path = chosen.migration.endswith((".yaml", ".yml"))
        config = read_file(Path(chosen.migration)) if by_path else read(chosen.migration)
        source = endpoint("source", config.source.connection, os.environ, chosen.folder)
        target = endpoint("target", config.target.connection, os.environ, chosen.folder)
        plan = proposed(config, source, target)
    except MigrationError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.json:
        print(json.dumps(as_json(config.name, plan), indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines(config.name, plan)))
    return 1 if any(one.severity is Severity.BLOCKER for one in plan.findings) else 0


def _from_airflow(role: str, connection_id: str, variable: str, text: str) -> Endpoint:
    try:
        values = _json(text) if text.lstrip().startswith("{") else _uri(text)
        return Endpoint(
            role,
            str(values["host"]),
            int(values["port"] or 3306),
            str(values["login"]),
            str(values["password"] or ""),
            ssl_mode=SslMode(str(values.get("ssl_mode", SslMode.REQUIRED)).upper()),
            ssl_ca=values.get("ssl_ca"),
            connection_id=connection_id,
        )
    except (ValueError, KeyError, TypeError):  # their texts may quote the value, which holds a password
        pass
    raise ConfigurationError(
        "is no connection that can be read",
        subject=variable,
        remedy="give it as Airflow takes it: mysql://user:password@host:port/?ssl_mode=REQUIRED, or JSON",
    )


def _json(text: str) -> dict[str, Any]:
    values: dict[str, Any] = {"port": None, "password": "", **json.loads(text)}
    extra = values.get("extra") or {}
    return values | (json.loads(extra) if isinstance(extra, str) else extra)


def _uri(text: str) -> dict[str, Any]:
    parts = urlsplit(text)
    found: dict[str, Any] = dict(parse_qsl(parts.query))
    found |= {"host": parts.hostname, "port": parts.port}
    return found | {"login": unquote(parts.username or ""), "password": unquote(parts.password or "")}


if __name__ == "__main__":
    sys.exit(main())
