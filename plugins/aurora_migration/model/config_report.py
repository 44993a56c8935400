"""The part of a migration file that says where reports of its runs are kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from aurora_migration.model.config_part import ConfigPart


class ReportConfig(ConfigPart):
    """The report of a run: one HTML file and one JSON file."""

    folder: Annotated[
        str | None,
        Field(
            description="absolute folder or object storage URL (such as s3://aws_default@bucket/reports) that "
            "keeps each run's report; null: only downloadable from the Migrations page"
        ),
    ] = None

    @field_validator("folder")
    @classmethod
    def _is_a_place(cls, folder: str | None) -> str | None:
        if folder is not None and "://" not in folder and not folder.startswith("/"):
            raise ValueError(
                f"{folder!r} is neither an absolute folder nor a URL: tasks have no folder of their own"
            )
        return folder
