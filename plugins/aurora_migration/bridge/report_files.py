"""The report of a run as files: made from the control schema alone, kept where the migration file says.

A run that has ended keeps its report in the control schema as it was then; only one that has not, or that an older
version made, gets it from what is there now. A store that is out of reach costs a warning and never the run.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aurora_migration.bridge.cutover_outcome import NOT_APPROVED
from aurora_migration.bridge.reading import control_of
from aurora_migration.bridge.report_content import FORMAT, content
from aurora_migration.bridge.report_page import render
from aurora_migration.bridge.run import Run
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.mysql.session import Session
from aurora_migration.store import reports

_log = logging.getLogger(__name__)
# stores without folders, whose file systems would make a bucket where we ask for a folder
_BUCKETS: Final = frozenset({"s3", "s3a", "s3n", "gs", "gcs", "abfs", "abfss", "az", "adl", "wasb", "wasbs"})
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._+:@=~-]")


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The report of one run."""

    content: Mapping[str, Any]

    def json(self) -> bytes:
        """For programs: UTF-8, indented."""
        return json.dumps(self.content, ensure_ascii=False, indent=1).encode()

    def html(self) -> bytes:
        """For people: one page that needs nothing but itself."""
        return render(self.content)


def report_document(session: Session, config: MigrationConfig, run_id: str) -> ReportDocument:
    """The report of any run, over a session on the target. Raises: StatementError, RetryableError."""
    control = control_of(config)
    if reports.state(session, control, run_id) in {"success", "failed", NOT_APPROVED}:
        kept = reports.saved(session, control, run_id)
        if kept is not None and kept.get("format") == FORMAT:
            return ReportDocument({"cutover": None} | kept)  # what older versions kept does not name it
    return _document(session, config, run_id)


def _document(session: Session, config: MigrationConfig, run_id: str, **judged: Any) -> ReportDocument:
    evidence = reports.evidence(session, control_of(config), run_id)
    return ReportDocument(content(config, run_id, evidence, datetime.now(UTC), **judged))


def keep_plan(run: Run, plan: MigrationPlan, target: Session) -> None:
    """Keep what the run is about to move, so that its report needs no source."""
    planned = (
        reports.PlannedKey(
            one.mapping.source,
            one.target,
            one.table.chunk_key.columns if one.table.chunk_key else (),
            one.table.row_estimate,
            one.table.data_bytes,
        )
        for one in plan.tables
    )
    reports.save_plan(target, run.control, run.run_id, planned)


def keep_report(
    run: Run, findings: Sequence[Mapping[str, Any]] = (), not_compared: Collection[str] | None = None
) -> list[str]:
    """Keep the report of a run that ends now; returns the names of the files. Never raises: the verdict stays.

    ``findings``: of a preflight that stopped the run. ``not_compared``: tables without a proof.
    """
    try:
        with Session.open(run.target) as target:
            document = _document(target, run.config, run.run_id, findings=findings, not_compared=not_compared)
    except Exception as error:
        _log.warning("Report not made reason=%s What to do: %s", _reason(error), _AGAIN)
        return []
    _keep_in_control_schema(run, document)
    folder = run.config.report.folder
    if folder is None:
        _log.info("Report ready to download on the page Migrations; no report.folder is set in the migration file")
        return []
    try:
        written = write_report(document, folder, run.config.name, run.run_id)
    except Exception as error:
        _log.warning("Report not written folder=%s reason=%s What to do: %s", folder, _reason(error), _STORE)
        return []
    _log.info("Report written files=%s", ", ".join(written))
    return written


_AGAIN: Final = "clear the report task when the target answers again; the verdict of the run stays as it is"
_STORE: Final = (
    "see that the folder can be written to from where tasks run (for object storage also its connection and the "
    "package of its file system), then clear the report task; meanwhile download it from the page Migrations"
)


def _keep_in_control_schema(run: Run, document: ReportDocument) -> None:
    if document.content["run"]["state"] is None:
        return  # the run wrote nothing, and neither does its report
    try:
        with Session.open(run.target) as target:
            text = json.dumps(document.content, ensure_ascii=False, separators=(",", ":"))
            reports.save(target, run.control, run.run_id, text)
    except Exception as error:
        _log.warning("Report not kept in the control schema reason=%s What to do: %s", _reason(error), _AGAIN)


def write_report(document: ReportDocument, folder: str, migration: str, run_id: str) -> list[str]:
    """Write ``<folder>/<migration>/<run_id>/report.{html,json}``; returns where, as people would name it."""
    place = _root(folder) / migration / file_name(run_id)
    if getattr(place, "protocol", "file") not in _BUCKETS:
        place.mkdir(parents=True, exist_ok=True)
    written = []
    for name, data in (("report.json", document.json()), ("report.html", document.html())):
        path = place / name
        path.write_bytes(data)
        written.append(str(path))
    return written


def file_name(run_id: str) -> str:
    """A run id as the name of a folder: what file systems and object stores trip over becomes ``_``."""
    name = _UNSAFE.sub("_", run_id)
    return name if name.strip(".") else "_"


def _root(folder: str) -> Any:
    if "://" not in folder:
        return Path(folder)
    from airflow.sdk import ObjectStoragePath

    return ObjectStoragePath(folder)


def _reason(error: Exception) -> str:
    """The error in one line; a long one of a library is cut."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text if len(text) <= 400 else f"{text[:399]}…"
