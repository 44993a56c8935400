"""The report of a run as one HTML file: a page that needs nothing but itself, on paper too.

Every text is escaped by the template engine, whatever its name says; there is no script in the page, and its own
policy forbids any. Moments, numbers and sizes are formatted here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

_TEMPLATES: Final = Path(__file__).parent / "templates"
_GOOD: Final = frozenset({"proved", "done", "cut over", "success", "equal", "running", "strict", "applied"})
_BAD: Final = frozenset(
    {
        "not proved",
        "not cut over",
        "failed",
        "differs",
        "not compared",
        "blocker",
        "stopped",
        "missing",
        "extra",
        "paused",
    }
)


def render(content: Mapping[str, Any]) -> bytes:
    """The page of a report's content."""
    page: str = (
        _environment()
        .get_template("report.html")
        .render(report=content, attention=attention(content), longest=_longest(content["phases"]))
    )
    return page.encode()


def attention(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """What stands against the proof or waits for a person: what it is about, what is seen, what to do."""
    found = [
        {"subject": one["subject"], "seen": one["observed"], "remedy": one["remedy"]}
        for one in content["findings"]
        if one["severity"] == "blocker"
    ]
    changes = content["changes"] or {"tables": []}
    if changes["tables"] and changes["state"] == "paused":
        found.append({"subject": "changes", "seen": changes["words"], "remedy": "see the log of the last sync"})
    for table in content["tables"]:
        if table["verdict"] == "differs":
            found.append({"subject": f"table {table['source']}", "seen": _rows(table), "remedy": _DIFFERS})
        elif table["verdict"] == "not compared" and content["verdict"] == "not proved":
            found.append({"subject": f"table {table['source']}", "seen": "was not compared", "remedy": _COMPARE})
    for one in (*content["objects"], *content["accounts"]["differences"]):
        seen = f"{one['kind']}: {one['detail']}"
        found.append({"subject": one["subject"], "seen": seen, "remedy": _OBJECTS})
    found += [
        {"subject": f"table {one['table']}", "seen": "its changes are not applied", "remedy": _STOPPED}
        for one in changes["tables"]
        if one["mode"] == "stopped"
    ]
    return found


_DIFFERS: Final = "look at the keys below; then load it again, or trigger verify with Repair"
_COMPARE: Final = "see the log of the task that failed, clear it with downstream"
_OBJECTS: Final = "put it right on the side that is wrong, then trigger verify"
_STOPPED: Final = "trigger sync with Resync set to it"


def _rows(table: Mapping[str, Any]) -> str:
    return (
        f"{table['source_rows'] or 0:,} rows on the source, {table['target_rows'] or 0:,} on the target, "
        f"{table['chunks_differing']:,} chunks differ"
    )


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": number,
        "size": size,
        "seconds": duration,
        "moment": moment,
        "tone": tone,
        "words": words,
    }
    return environment


def number(value: float | None) -> str:
    """Thousands separated; what is not known is a dash."""
    return "–" if value is None else f"{value:,.0f}"


def size(value: int | None) -> str:
    """Bytes, in the unit that fits."""
    if value is None:
        return "–"
    amount = float(value)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:,.0f} {unit}" if unit == "B" else f"{amount:,.1f} {unit}"
        amount /= 1024
    return f"{amount:,.1f} TiB"


def duration(value: float | None) -> str:
    """Seconds for people."""
    if value is None:
        return "–"
    if value < 60:
        return f"{value:.1f} s"
    minutes, seconds = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s"


def moment(value: str | None) -> str:
    """``2026-01-31T12:00:00.123Z`` without what nobody reads."""
    return "–" if value is None else f"{value[:10]} {value[11:19]} UTC"


def tone(word: str | None) -> str:
    """How a state looks; it is always written out too."""
    return "good" if word in _GOOD else "bad" if word in _BAD else "plain"


def words(value: Any) -> str:
    """A setting as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in {None, ""} else str(value)


def _longest(phases: Sequence[Mapping[str, Any]]) -> float:
    return max((phase["seconds"] or 0.0 for phase in phases), default=0.0) or 1.0
