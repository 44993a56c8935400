"""Loads the statements of ``include/sql`` and fills their structural holes.

``%(name)s`` is a value, bound by the driver at execution. ``{name}`` is SQL structure and takes a `Fragment`
only. A plain string, a missing or an unused hole, a conversion or a format spec is refused: there is no way to
put unquoted text into a statement through this door. The leading comment block of a file is for readers and is
not sent.
"""

from __future__ import annotations

import functools
import os
import string
from pathlib import Path
from typing import Final

from aurora_migration.errors import ConfigurationError
from aurora_migration.sql.quoting import Fragment

_OWN_FOLDER: Final = Path(__file__).resolve().parents[3] / "include" / "sql"  # links are followed once


def folder() -> Path:
    """Where the statement files are: ``AURORA_MIGRATION_SQL`` or the project's ``include/sql``."""
    override = os.environ.get("AURORA_MIGRATION_SQL")
    return Path(override) if override else _OWN_FOLDER


def statement(path: str, **fragments: Fragment) -> Fragment:
    """Return the statement ``path`` (``area/name``) with its holes filled. Raises: ConfigurationError."""
    text = _text(str(folder()), path)
    holes = _holes(path, text)
    if holes != set(fragments):
        raise ConfigurationError(f"has the holes {sorted(holes)}, given {sorted(fragments)}", subject=path)
    for name, fragment in fragments.items():
        if not isinstance(fragment, Fragment):
            raise ConfigurationError(f"{{{name}}} takes a Fragment, not {type(fragment).__name__}", subject=path)
    if not holes:
        return Fragment(text)
    return Fragment(text.format(**{name: fragment.text for name, fragment in fragments.items()}))


@functools.cache
def _text(root: str, path: str) -> str:
    file = Path(root) / f"{path}.sql"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as missing:
        raise ConfigurationError("no such statement file", subject=path) from missing
    while lines and (lines[0].startswith("--") or not lines[0].strip()):
        lines.pop(0)
    return "\n".join(lines).strip().removesuffix(";")


@functools.cache
def _holes(path: str, text: str) -> frozenset[str]:
    found = set()
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if spec or conversion or not name.isidentifier():
            raise ConfigurationError(f"hole {{{name}}} is not a plain name", subject=path)
        found.add(name)
    return frozenset(found)
