"""Finds and validates the migration files.

A file that is broken never hides the others: it comes back as a `BrokenFile` whose text names the key and what
is allowed there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from aurora_migration.errors import ConfigurationError
from aurora_migration.model.config import MigrationConfig


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A migration file that cannot be used, and why."""

    path: Path
    reason: str


def folder() -> Path:
    """``AURORA_MIGRATIONS_FOLDER``, or the project's ``include/migrations``."""
    override = os.environ.get("AURORA_MIGRATIONS_FOLDER")
    return Path(override) if override else Path(__file__).resolve().parents[3] / "include" / "migrations"


def read_all(where: Path | None = None) -> tuple[tuple[MigrationConfig, ...], tuple[BrokenFile, ...]]:
    """All valid migrations, sorted by name, and all broken files."""
    good: dict[str, MigrationConfig] = {}
    broken: list[BrokenFile] = []
    for path in sorted((where or folder()).glob("*.yaml")):
        try:
            config = read_file(path)
            if config.name in good:
                raise ConfigurationError(f"name: {config.name!r} is taken by another migration file")
            good[config.name] = config
        except ConfigurationError as error:
            broken.append(BrokenFile(path, str(error)))
    return tuple(good[name] for name in sorted(good)), tuple(broken)


def read(name: str, where: Path | None = None) -> MigrationConfig:
    """The migration called ``name``. Raises: ConfigurationError."""
    for config in read_all(where)[0]:
        if config.name == name:
            return config
    raise ConfigurationError("no valid migration file has this name", subject=f"migration {name}")


def read_file(path: Path) -> MigrationConfig:
    """Parse and validate one file. Raises: ConfigurationError naming each wrong key."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"is not readable YAML: {error}", subject=path.name) from error
    if not isinstance(content, dict):
        raise ConfigurationError("is not a YAML mapping of keys", subject=path.name)
    try:
        return MigrationConfig.model_validate(content)
    except ValidationError as error:
        lines = [f"{_where(detail['loc'])}: {detail['msg']}" for detail in error.errors(include_input=False)]
        raise ConfigurationError(
            "; ".join(lines), subject=path.name, remedy="docs/migration.schema.json lists every key"
        ) from error


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "the file"
