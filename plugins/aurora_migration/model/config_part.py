"""The base of every part of a migration file: frozen, and an unknown key is an error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ConfigPart(BaseModel):
    """A section of the migration file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
