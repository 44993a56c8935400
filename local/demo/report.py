"""The verification report of a run as the terminal shows it: findings, tables, what differs and why."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.demo.control import ControlReader

STYLES = {"blocker": "bold red", "warning": "yellow"}
ON_PURPOSE = "changed on purpose"
SHOWN = 60
ALIKE = 3


def print_report(console: Console, control: ControlReader) -> None:
    """Everything that the run has proved, and everything it could not."""
    print_findings(console, control.findings())
    print_verdicts(console, control.verdicts())
    print_differences(console, control.differences())


def print_findings(console: Console, findings: list[dict[str, Any]]) -> None:
    """Blockers and warnings in full, notes as a number."""
    notes = sum(finding["severity"] == "note" for finding in findings)
    loud = [finding for finding in findings if finding["severity"] != "note"]
    console.print(Text(f"\nFindings: {len(loud)} to read, {notes} notes", "bold"))
    for (severity, code, remedy), group in alike(loud).items():
        for finding in group[:ALIKE]:
            text = f"  {severity} {code} {finding['subject']}: {finding['observed']}"
            console.print(Text(text, STYLES.get(severity, "")))
        print_rest(console, len(group), ALIKE)
        if remedy:
            console.print(Text(f"    what to do: {remedy}"))


def alike(findings: list[dict[str, Any]]) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """Findings of one kind together, since one remedy serves them all; blockers first."""
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for finding in sorted(findings, key=lambda each: str(each["severity"])):
        groups.setdefault((finding["severity"], finding["code"], finding["remedy"]), []).append(finding)
    return groups


def print_verdicts(console: Console, verdicts: list[dict[str, Any]]) -> None:
    """One row for each table."""
    table = Table(title="Verification", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in ("table", "level", "verdict"):
        table.add_column(name, no_wrap=True)
    for name in ("source rows", "target rows", "chunks", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for verdict in verdicts:
        table.add_row(
            Text(str(verdict["name"])),
            str(verdict["level"]),
            Text(str(verdict["verdict"]), "green" if verdict["verdict"] == "equal" else "bold red"),
            f"{int(verdict['source_rows']):,}",
            f"{int(verdict['target_rows']):,}",
            str(verdict["chunks"]),
            f"{float(verdict['seconds']):.1f}",
        )
    console.print()
    console.print(table)


def print_differences(console: Console, differences: list[dict[str, Any]]) -> None:
    """Unexplained differences first, in red; then what was changed on purpose, by the rule that asked for it."""
    bad = [each for each in differences if each["kind"] != ON_PURPOSE]
    meant = [each for each in differences if each["kind"] == ON_PURPOSE]
    console.print(Text(f"\nDifferences: {len(bad)}; changed on purpose: {len(meant)}", "bold"))
    for each in bad[:SHOWN]:
        text = f"  {each['area']} {each['subject']} {each['kind']}: {each['detail']}"
        console.print(Text(text, "bold red"))
    print_rest(console, len(bad), SHOWN)
    rules: dict[str, list[dict[str, Any]]] = {}
    for each in meant:
        rules.setdefault(str(each["rule"]), []).append(each)
    for rule, group in rules.items():
        for each in group[:ALIKE]:
            console.print(Text(f"  {each['area']} {each['subject']}: {each['detail']} ({rule})"))
        print_rest(console, len(group), ALIKE)


def print_rest(console: Console, count: int, shown: int) -> None:
    """Say how many were left out."""
    if count > shown:
        console.print(f"  … and {count - shown} more of the same kind")
