"""Writes `docs/migration.schema.json`: the JSON schema of a migration file, for editors and for people.

`python -m local.migration_schema [--check]`. The schema is made from the pydantic classes that validate the file,
so it says what they say; a test fails while the published file says something else.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from aurora_migration.model.config import MigrationConfig

SCHEMA = Path(__file__).parent.parent / "docs" / "migration.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema as published."""
    made = MigrationConfig.model_json_schema()
    return {"$schema": DIALECT, **made, "title": "Migration file"}


def text() -> str:
    """The published file's contents; the order of keys is that of the classes."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or with --check say whether it is true; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.migration_schema", description=schema.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is out of date")
    if parser.parse_args(arguments).check:
        current = SCHEMA.exists() and SCHEMA.read_text(encoding="utf-8") == text()
        print(f"{SCHEMA.name} {'is up to date' if current else 'is out of date: run `make schema`'}")
        return 0 if current else 1
    SCHEMA.write_text(text(), encoding="utf-8")
    print(f"wrote {SCHEMA.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
