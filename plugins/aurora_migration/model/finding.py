"""What preflight and the later phases have to say about an object, with the remedy beside it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: a blocker stops the run before anything is written."""

    BLOCKER = "blocker"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact worth telling: a stable ``code``, the object, what was seen, what to do."""

    severity: Severity
    code: str
    subject: str
    observed: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.severity} {self.code} {self.subject}: {self.observed}"
        return f"{text} What to do: {self.remedy}" if self.remedy else text


def blocker(code: str, subject: object, observed: str, remedy: str) -> Finding:
    return Finding(Severity.BLOCKER, code, str(subject), observed, remedy)


def warning(code: str, subject: object, observed: str, remedy: str) -> Finding:
    return Finding(Severity.WARNING, code, str(subject), observed, remedy)


def note(code: str, subject: object, observed: str, remedy: str = "") -> Finding:
    return Finding(Severity.NOTE, code, str(subject), observed, remedy)
