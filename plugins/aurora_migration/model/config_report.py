"""The part of a migration file that says where reports of its runs are kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from aurora_migration.model.config_part import ConfigPart


class ReportConfig(ConfigPart):
    """The report of a run: one HTML file and one JSON file."""

    folder: Annotated[
        str | None,
        Field(
            description="folder or object storage URL (such as s3://aws_default@bucket/reports) that keeps each "
            "run's report; null: only downloadable from the Migrations page"
        ),
    ] = None
