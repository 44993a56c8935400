"""A hash shows nowhere by accident."""

from __future__ import annotations

import pickle

import pytest

from aurora_migration.model.account import Account, AccountName, Secret, differing_parts
from aurora_migration.mysql.account_writer import redacted

HASH = b"$A$005$salt-and-hash"


def test_secret_shows_stars() -> None:
    account = Account(AccountName("u", "%"), "caching_sha2_password", Secret(HASH), Secret(b"former"))
    for text in (repr(account), str(account), f"{account.secret}", f"{account.secret!r}"):
        assert "salt" not in text
        assert "former" not in text
        assert "***" in text


def test_secret_compares_by_value_and_does_not_travel() -> None:
    assert Secret(HASH) == Secret(HASH)
    assert Secret(HASH) != Secret(b"other")
    assert len({Secret(HASH), Secret(HASH)}) == 1
    assert not Secret()
    with pytest.raises(TypeError):
        pickle.dumps(Secret(HASH))


def test_differences_of_secrets_are_told_without_them() -> None:
    one = Account(AccountName("u", "%"), "p", Secret(HASH))
    other = Account(AccountName("u", "%"), "p", Secret(b"other"))
    assert differing_parts(one, other) == ("another password hash",)
    assert differing_parts(one, other, compare_login=False) == ()


def test_server_texts_are_redacted() -> None:
    syntax = "You have an error … near 'AS 0x24412430303524 REQUIRE' at line 1"
    assert redacted(syntax) == "You have an error …"
    assert redacted("The hash 0x24412430303524736 is bad") == "The hash *** is bad"
    assert redacted("Plugin 'auth_socket' is not loaded") == "Plugin 'auth_socket' is not loaded"
