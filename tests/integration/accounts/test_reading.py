"""The grant tables are read right: SHOW GRANTS, which knows nothing of them, says the same for every account."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from aurora_migration.engine.accounts import AccountPlan, read_accounts
from aurora_migration.errors import MissingPrivilegeError
from aurora_migration.model.account import AccountName
from aurora_migration.mysql.accounts import show_grants
from aurora_migration.mysql.endpoint import Endpoint
from aurora_migration.mysql.session import Session
from aurora_migration.sql.quoting import raw


def test_grant_tables_and_show_grants_agree(source: Session) -> None:
    catalog = read_accounts(source)
    assert len(catalog.accounts) > 70
    for name in catalog.accounts:
        assert show_grants(source, name, literal_names=False) == catalog.rights_of(name), str(name)


def test_orphan_grants_are_seen(source: Session, source_root: Session) -> None:
    """A row without an account, as direct writes to the grant tables of older servers left them."""
    source_root.execute(
        raw("INSERT INTO mysql.db (Host, Db, User, Select_priv) VALUES ('%', 'app_1', 'ghost', 'Y')")
    )
    try:
        assert read_accounts(source).orphans == (AccountName("ghost", "%"),)
    finally:
        source_root.execute(raw("DELETE FROM mysql.db WHERE User = 'ghost'"))


@pytest.fixture
def poor_reader(source: Session, source_root: Session) -> Iterator[Session]:
    """An account that may read mysql.user and mysql.default_roles, and no other grant table."""
    source_root.execute(raw("CREATE USER poor_reader IDENTIFIED BY 'x'"))
    source_root.execute(raw("GRANT SELECT ON mysql.user TO poor_reader"))
    try:
        with Session.open(Endpoint("source", "127.0.0.1", source.endpoint.port, "poor_reader", "x")) as session:
            yield session
    finally:
        source_root.execute(raw("DROP USER poor_reader"))


def test_show_grants_stands_in_for_unreadable_grant_tables(
    poor_reader: Session, source: Session, source_root: Session
) -> None:
    with pytest.raises(MissingPrivilegeError) as caught:
        read_accounts(poor_reader)
    assert "GRANT SELECT ON mysql.*" in caught.value.remedy
    source_root.execute(raw("GRANT SELECT ON mysql.default_roles TO poor_reader"))
    whole, poor = read_accounts(source), read_accounts(poor_reader)
    assert poor.accounts == whole.accounts
    assert poor.rights == whole.rights


def test_library_grants_are_read_and_listed(
    source: Session, source_root: Session, plan_now: Callable[..., AccountPlan]
) -> None:
    """From MySQL 9.2 EXECUTE can be granted on a library; a library is no object that this project moves."""
    if source.scalar(raw("SELECT VERSION()")) < "9.2":
        pytest.skip("libraries came with MySQL 9.2")
    source_root.execute(raw("CREATE LIBRARY app_1.lib LANGUAGE JAVASCRIPT AS 'export function f(n) { return n }'"))
    try:
        source_root.execute(raw("GRANT EXECUTE ON LIBRARY app_1.lib TO plain"))
        grants = {str(grant) for grant in read_accounts(source).rights_of(AccountName("plain", "%")).grants}
        assert "EXECUTE on LIBRARY app_1.lib" in grants
        row = next(row for row in plan_now().report_rows() if row["account"] == "plain@%")
        assert [(one["what"], one["rule"]) for one in row["dropped"]] == [
            ("EXECUTE on LIBRARY app_1.lib", "not-migrated")
        ]
        source_root.execute(raw("REVOKE EXECUTE ON LIBRARY app_1.lib FROM plain"))
    finally:
        source_root.execute(raw("DROP LIBRARY app_1.lib"))
