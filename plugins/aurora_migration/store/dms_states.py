"""What AWS DMS said last of a migration, for the page: it asks the control schema and never AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aurora_migration.mysql.session import Session
from aurora_migration.store.control import Control


def save_state(
    session: Session,
    control: Control,
    run_id: str,
    status: str,
    row_changes: int,
    stopped_tables: int,
    document: Mapping[str, Any],
) -> None:
    """Keep a state in place of the one before; the document holds no secret and no address."""
    control.execute(
        session,
        "save_dms_state",
        run_id=run_id,
        status=status[:64],
        row_changes=row_changes,
        stopped_tables=stopped_tables,
        document=json.dumps(document, separators=(",", ":")),
    )
