"""What a scenario is: a folder with ``source.sql`` and what to expect of migrating what it makes.

``source.sql`` runs as root in a database named after the folder; it may make others. ``migration.yaml`` (optional)
holds keys of a migration file that replace the defaults: all databases that the case made, under their own names,
accounts left alone. ``target.sql`` (optional) runs on the target first. ``expect.json`` (optional) says:

    item        the line of the torture list
    about       one sentence
    not_run     why this case cannot run here: it is skipped with that reason
    blockers    codes of preflight findings that must stop the run, exactly these (default: none)
    findings    codes of findings that must be among the others
    rules       rules that verification must call "changed on purpose", exactly these (default: none)
    objects     texts: one for each unexplained object difference that there must be (default: none)
    verdicts    verdict by source table where it is not "equal"
    oracle      texts: one for each difference the independent oracle must see (default: none)
    after       a statement for the source once the case is over
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import yaml


@dataclass(frozen=True, slots=True)
class Expectation:
    """The contents of ``expect.json``."""

    item: str = ""
    about: str = ""
    not_run: str = ""
    blockers: Sequence[str] = ()
    findings: Sequence[str] = ()
    rules: Sequence[str] = ()
    objects: Sequence[str] = ()
    verdicts: dict[str, str] | None = None
    oracle: Sequence[str] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One folder."""

    folder: Path
    expect: Expectation
    migration: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a case. Raises: ValueError if expect.json has a key that means nothing."""
        path = folder / "expect.json"
        values = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        unknown = sorted(set(values) - {field.name for field in fields(Expectation)})
        if unknown:
            raise ValueError(f"{path}: unknown keys {', '.join(unknown)}")
        overrides = folder / "migration.yaml"
        migration = yaml.safe_load(overrides.read_text(encoding="utf-8")) if overrides.exists() else {}
        return cls(folder, Expectation(**values), migration)

    @property
    def name(self) -> str:
        return self.folder.name

    def sql(self, name: str) -> str:
        """The text of ``source.sql`` or ``target.sql``, empty if there is none."""
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""


def cases(root: Path) -> Iterator[Case]:
    """Every case below ``root``, by name."""
    for folder in sorted(root.iterdir()):
        if (folder / "source.sql").exists() or (folder / "expect.json").exists():
            yield Case.read(folder)
