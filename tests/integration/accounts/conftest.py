"""Servers of their own for accounts, which are server-wide: a source full of odd ones, an Aurora-like target.

Plans are made by the migration's accounts (`migrator`, and `admin` with Aurora's privileges), never by root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aurora_migration.engine.accounts import (
    AccountPlan,
    AccountSummary,
    apply_accounts,
    plan_accounts,
    read_accounts,
    target_capability,
)
from aurora_migration.engine.plan import build_plan
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.plan import MigrationPlan, RunOptions
from aurora_migration.mysql.session import Session
from local import script
from local.servers import Pair, pair_down, pair_up
from tests.fresh_databases import endpoint, root

HERE = Path(__file__).parent
SELECTION = [{"include": pattern} for pattern in ("app_1.*", "appX1.*", "shop.*", "crm.*", "crm2.*", "hr.people")]
RENAMES = {
    "schemas": {"shop": "prod_shop", "crm": "crm_all", "crm2": "crm_all"},
    "tables": {"shop.audit": "archive.shop_audit"},
}

Migration = Callable[..., MigrationConfig]


def migration(**accounts: Any) -> MigrationConfig:
    """The migration of the scenarios; keyword arguments are its account policy."""
    return MigrationConfig.model_validate(
        {
            "name": "accounts",
            "source": {"connection": "source"},
            "target": {"connection": "target"},
            "selection": SELECTION,
            "renames": RENAMES,
            "accounts": accounts,
        }
    )


@pytest.fixture(scope="session")
def account_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Source with every scenario account, target with the migrated objects and no account yet."""
    folder = tmp_path_factory.mktemp("accounts")
    try:
        pair = pair_up(folder)
        for server, name in ((pair.source, "source.sql"), (pair.target, "target.sql")):
            with server.connect() as connection:
                script.run(connection, HERE / name)
        yield pair
    finally:
        pair_down(folder)


@pytest.fixture(scope="session")
def source(account_servers: Pair) -> Iterator[Session]:
    with Session.open(endpoint("source", account_servers.source_login)) as session:
        yield session


@pytest.fixture(scope="session")
def target(account_servers: Pair) -> Iterator[Session]:
    with Session.open(endpoint("target", account_servers.target_login)) as session:
        yield session


@pytest.fixture(scope="session")
def source_root(account_servers: Pair) -> Iterator[Session]:
    with Session.open(root(account_servers, "source")) as session:
        yield session


@pytest.fixture(scope="session")
def target_root(account_servers: Pair) -> Iterator[Session]:
    with Session.open(root(account_servers, "target")) as session:
        yield session


@pytest.fixture(scope="session")
def migration_plan(source: Session) -> MigrationPlan:
    return build_plan(migration(), RunOptions(), source)


@pytest.fixture(scope="session")
def plan_now(source: Session, target: Session, migration_plan: MigrationPlan) -> Callable[..., AccountPlan]:
    """Plans the accounts as the servers are now; keyword arguments are the policy."""

    def plan(**accounts: Any) -> AccountPlan:
        policy = migration(**accounts).accounts
        capability = target_capability(target)
        return plan_accounts(read_accounts(source), read_accounts(target), capability, migration_plan, policy)

    return plan


@pytest.fixture(scope="session")
def applied(plan_now: Callable[..., AccountPlan], target: Session) -> tuple[AccountPlan, AccountSummary]:
    """The plan of the scenarios and what applying it did, once for all tests."""
    plan = plan_now()
    return plan, apply_accounts(plan, target)
