"""What verification found: a verdict per table, differences per object and account, one report per run."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from aurora_migration.model.chunk import Chunk
from aurora_migration.model.finding import Finding, Severity


class Verdict(StrEnum):
    """The outcome for one table."""

    EQUAL = "equal"
    DIFFERS = "differs"
    DEGRADED = "equal value, degraded type"
    MISSING = "not compared"


class DifferenceKind(StrEnum):
    """How a target object stands to its source."""

    MISSING = "missing"
    EXTRA = "extra"
    DIFFERS = "differs"
    ON_PURPOSE = "changed on purpose"


@dataclass(frozen=True, slots=True)
class Difference:
    """One object, account or chunk that is not the same; ``rule`` names the purpose if there is one."""

    kind: DifferenceKind
    area: str
    subject: str
    detail: str
    rule: str = ""

    @property
    def explained(self) -> bool:
        return self.kind is DifferenceKind.ON_PURPOSE


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that is not the same: its encoded key (empty for a table without one) and the columns that differ."""

    kind: DifferenceKind
    chunk: Chunk
    key: tuple[str, ...]
    columns: tuple[str, ...] = ()
    rows: int = 1


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """Rows counted and chunks compared on both sides for one table."""

    source: str
    target: str
    level: str
    verdict: Verdict
    source_rows: int
    target_rows: int
    chunks: int = 0
    chunks_differing: int = 0
    seconds: float = 0.0
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """Everything one verification found; ``proven`` is what a green run means."""

    migration: str
    run_id: str
    level: str
    tables: tuple[TableVerdict, ...] = ()
    objects: tuple[Difference, ...] = ()
    accounts: tuple[Difference, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    @property
    def proven(self) -> bool:
        """Every table equal, every other difference explained, no phase left unfinished.

        A degraded type is told by row, but does not stand against the proof: no SQL text could carry it.
        """
        tables = all(table.verdict in {Verdict.EQUAL, Verdict.DEGRADED} for table in self.tables)
        blocked = any(finding.severity is Severity.BLOCKER for finding in self.findings)
        return tables and not blocked and all(d.explained for d in (*self.objects, *self.accounts))
