"""The part of a migration file that says how AWS DMS moves the rows, where it is the engine."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from aurora_migration.model.config_part import ConfigPart


class DmsConfig(ConfigPart):
    """AWS DMS's resources and limits."""

    connection: Annotated[str, Field(min_length=1, description="Airflow connection id (type aws)")] = "aws_default"
