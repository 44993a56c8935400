"""The published schema, the template and the sample say what the classes that validate a migration file say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import BaseModel

from aurora_migration.bridge.migration_files import read_all, read_file
from aurora_migration.errors import ConfigurationError
from aurora_migration.model.config import MigrationConfig
from local.migration_schema import SCHEMA, main, text

MIGRATIONS = Path(__file__).resolve().parents[2] / "include" / "migrations"
TEMPLATE = MIGRATIONS / "example.yaml.template"
_OFF = re.compile(r"^(\s*)#(?=\S)")  # "#key: value" is a key that is off, "# words" is prose
# shown with an example instead of their default, because the default is empty
EXAMPLES = {"renames.schemas", "renames.tables"}


def uncommented() -> str:
    return "\n".join(_OFF.sub(r"\1", line) for line in TEMPLATE.read_text(encoding="utf-8").splitlines())


def keys(content: dict[str, Any], model: type[BaseModel], path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every key that the classes know: path, value in ``content`` (KeyError if it is missing), default."""
    for name, field in model.model_fields.items():
        value = content[name]
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from keys(value, field.annotation, f"{path}{name}.")
        else:
            yield f"{path}{name}", value, field.get_default(call_default_factory=True)


def test_the_published_schema_is_what_the_classes_say() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == text(), "run `make schema`"


def test_check_finds_a_schema_that_is_out_of_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / "migration.schema.json"
    stale.write_text(text().replace("parallel_units", "parallel"), encoding="utf-8")
    monkeypatch.setattr("local.migration_schema.SCHEMA", stale)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0


def test_the_published_schema_judges_files_as_the_classes_do() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    jsonschema.Draft202012Validator.check_schema(validator.schema)
    good = yaml.safe_load(uncommented())
    assert list(validator.iter_errors(good)) == []
    for change in ({"naem": "x"}, {"name": "Shop"}, {"load": {"chunk_mib": 0}}, {"selection": []}):
        assert list(validator.iter_errors({**good, **change})), change
        with pytest.raises(ValueError):
            MigrationConfig.model_validate({**good, **change})


def test_the_template_is_a_valid_migration_as_it_stands(tmp_path: Path) -> None:
    copy = tmp_path / "example.yaml"
    copy.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    assert read_file(copy).name == "example"


def test_the_template_is_a_valid_migration_with_every_line_on() -> None:
    MigrationConfig.model_validate(yaml.safe_load(uncommented()))


def test_the_template_explains_every_key_and_shows_its_default() -> None:
    content = yaml.safe_load(uncommented())
    required = {name for name, field in MigrationConfig.model_fields.items() if field.is_required()}
    for path, value, default in keys(content, MigrationConfig):
        if path not in EXAMPLES and path.partition(".")[0] not in required:
            assert value == default, f"{path} is {default!r} by default, the template says {value!r}"


def test_every_key_of_the_template_has_a_comment_above_it() -> None:
    lines = uncommented().splitlines()
    raw = TEMPLATE.read_text(encoding="utf-8").splitlines()
    # these share the comment above their group
    explained = {"owner", "tags", "connection", "include", "schemas", "tables", "target"}
    for number, line in enumerate(lines):
        key = re.match(r"\s*(?:- )?(\w+):", line)
        if key and key[1] not in explained:
            above = lines[number - 1].strip()
            assert above.startswith("# ") or number == 0, f"line {number + 1} has no comment: {raw[number]}"


def test_no_other_file_in_the_folder_is_broken() -> None:
    good, broken = read_all(MIGRATIONS)
    assert broken == ()
    assert "shop" in {config.name for config in good}
    assert "example" not in {config.name for config in good}, "the template must not make DAGs"


def test_a_broken_file_says_which_key_is_wrong(tmp_path: Path) -> None:
    copy = tmp_path / "example.yaml"
    copy.write_text(uncommented().replace("chunk_mib: 16", "chunk_mib: 0"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"load\.chunk_mib.*greater than or equal to 1"):
        read_file(copy)
