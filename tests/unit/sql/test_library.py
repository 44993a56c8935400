"""The statement library: nothing but fragments gets into a statement, and every file is well formed."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from aurora_migration.errors import ConfigurationError
from aurora_migration.sql.library import folder, statement
from aurora_migration.sql.quoting import identifier, raw

FILES = sorted(folder().rglob("*.sql"))


def test_holes_are_filled() -> None:
    sql = statement("verify/range_count", table=identifier("t%"), index=raw(""), range=raw("TRUE"))
    assert sql.plain == "SELECT COUNT(*) AS row_count FROM `t%`  WHERE TRUE"


@pytest.mark.parametrize(
    ("holes", "words"),
    [
        ({"table": raw("t")}, "has the holes"),
        ({"table": raw("t"), "index": raw(""), "range": raw("TRUE"), "more": raw("x")}, "has the holes"),
        ({"table": "t", "index": raw(""), "range": raw("TRUE")}, "takes a Fragment, not str"),
    ],
)
def test_wrong_holes_are_refused(holes: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        statement("verify/range_count", **holes)  # type: ignore[arg-type]


def test_an_unknown_statement_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no such statement file"):
        statement("verify/nothing")


@pytest.mark.parametrize("body", ["SELECT {a!r}", "SELECT {a:>3}", "SELECT {0}", "SELECT {a.b}"])
def test_conversions_and_specs_are_refused(body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.sql").write_text(body)
    monkeypatch.setenv("AURORA_MIGRATION_SQL", str(tmp_path))
    with pytest.raises(ConfigurationError, match="not a plain name"):
        statement("x", a=raw("1"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(folder())))
def test_every_file_tells_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    comment = [line for line in text.splitlines() if line.startswith("--")]
    assert len(comment) >= 2, "say what it returns, versions and privileges"
    assert any("Versions:" in line for line in comment)
    assert any("Privileges:" in line for line in comment)
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    assert body.count(";") <= 1
    for _, name, spec, conversion in string.Formatter().parse(body):
        assert not spec
        assert not conversion
        assert name is None or name.isidentifier()
    percent = re.sub(r"%\(\w+\)s|%%", "", body)
    assert "%" not in percent, "a literal percent sign is written twice"
