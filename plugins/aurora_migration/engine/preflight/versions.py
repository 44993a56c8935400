"""Which MySQL each side is: old servers and MariaDB are refused, a target older than the source is warned of.

8.0.17 is the oldest source: rows are read with CAST(… AS DOUBLE), which came with it
(https://dev.mysql.com/doc/relnotes/mysql/8.0/en/news-8-0-17.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.server import Server, Version, parse_version
from aurora_migration.model.finding import Finding, blocker, note, warning

OLDEST: Final = Version(8, 0, 17)
_NEWEST_MAJOR: Final = 9


def check_source_version(context: Context) -> Iterator[Finding]:
    """Whether this project can read the source."""
    source = context.source
    yield from judge(source.label, source.variables["version"], source.variables.get("version_comment", ""))


def check_target_version(context: Context) -> Iterator[Finding]:
    """Whether this project can write to the target."""
    target = context.target
    yield from judge(target.label, target.variables["version"], target.variables.get("version_comment", ""))
    yield note("target-is", target.label, _what(target))


def check_version_order(context: Context) -> Iterator[Finding]:
    """Whether the target is at least the source's series, as definitions go upwards only."""
    source, target = context.source.version, context.target.version
    yield from order(context.target.label, source, target)


def judge(subject: str, version: str, comment: str) -> Iterator[Finding]:
    """Judge the version text of one server."""
    if "mariadb" in f"{version} {comment}".lower():
        yield blocker(
            "version-not-supported",
            subject,
            f"is MariaDB ({version}): its types and system tables are not MySQL's",
            "move MariaDB to MySQL 8.0 or newer first",
        )
    elif parse_version(version) < OLDEST:
        yield blocker(
            "version-not-supported",
            subject,
            f"is MySQL {version}; this project needs {OLDEST} or newer",
            "upgrade the server in place to the newest 8.0 first",
        )
    elif parse_version(version).major > _NEWEST_MAJOR:
        yield warning(
            "version-not-tried",
            subject,
            f"is MySQL {version}, newer than anything this project was tried with",
            "migrate a copy first and read its verification report",
        )


def order(subject: str, source: Version, target: Version) -> Iterator[Finding]:
    """Judge the two versions against each other by series (8.0, 8.4, 9.7)."""
    if target[:2] < source[:2]:
        yield warning(
            "target-version-older",
            subject,
            f"is MySQL {target}, the source is {source}: definitions that need the newer series are refused",
            "choose a newer target, or try the schema on it first with a dry run",
        )


def _what(target: Server) -> str:
    aurora = target.variables.get("aurora_version")
    return f"Aurora MySQL {aurora} (MySQL {target.version})" if aurora else f"MySQL {target.version}, not Aurora"
