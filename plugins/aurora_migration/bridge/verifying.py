"""Verification as tasks do it: stored chunks in, stored verdicts out, and the report that decides."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from aurora_migration.bridge import following, going_back, report_log
from aurora_migration.bridge.accounts import account_plan
from aurora_migration.bridge.keeping_verdicts import VerdictKeeper
from aurora_migration.bridge.progress import ProgressLog
from aurora_migration.bridge.repairing import repair_range
from aurora_migration.bridge.report_files import keep_plan
from aurora_migration.bridge.run import Run
from aurora_migration.bridge.versions import versions
from aurora_migration.engine.accounts import compare_accounts, read_accounts
from aurora_migration.engine.fullload.planning import shortened
from aurora_migration.engine.plan import fingerprint
from aurora_migration.engine.verify.objects import compare_objects
from aurora_migration.engine.verify.rows import VerifyContext, covering, verify_range
from aurora_migration.errors import ConfigurationError, DataMismatchError
from aurora_migration.model.chunk import Chunk, KeyRange, leading
from aurora_migration.model.config import RepairMode
from aurora_migration.model.plan import MigrationPlan
from aurora_migration.model.report import Difference, DifferenceKind, TableVerdict, Verdict
from aurora_migration.mysql.session import Session
from aurora_migration.store import load, runs, verdicts
from aurora_migration.store.chunks import unit_chunks

_log = logging.getLogger(__name__)
ACCOUNT_PLAN = "account_plan"  # in the summary of the phase: one row an account, kept and dropped, no hash
_REMEDY = "the differences above name what to look at; a repaired or reloaded table is verified by {name}.verify"


def units_to_compare(run: Run, kind: str) -> list[dict[str, Any]]:
    """Open a run that compares alone ("verify", "sync") and list the load units that hold tables of its plan.

    Raises: ConfigurationError.
    """
    if kind == "sync" or run.options.repair is not RepairMode.NONE:
        going_back.refuse_after_hand_over(run)
    with run.sessions() as (source, target):
        if not run.control.exists(target):
            raise ConfigurationError(
                "nothing has been loaded yet",
                subject=f"migration {run.config.name}",
                remedy=f"run {run.config.name}.migrate first",
            )
        run.control.ensure(target)
        runs.start_run(target, run.control, run.run_id, kind, run.options_json(), versions(source, target))
        plan = run.plan(source)
        keep_plan(run, plan, target)
        return _units(run, plan, target)


def _units(run: Run, plan: MigrationPlan, target: Session) -> list[dict[str, Any]]:
    """Number, label, table if it is one; unit 0 holds what a run for some tables has left out."""
    tables: dict[int, list[str]] = {}
    for unit, part in load.ranges_by_unit(target, run.control):
        if plan.target_of(part.table) is not None:
            tables.setdefault(unit, []).append(str(part.table))
    units = []
    for unit, names in sorted(tables.items()):
        distinct = list(dict.fromkeys(names))
        more = f" and {len(distinct) - 1} more" if len(distinct) > 1 else ""
        table = "" if more else distinct[0]
        units.append({"number": unit, "label": shortened(f"{distinct[0]}{more}"), "table": table})
    return units or [{"number": 1, "label": "no rows", "table": ""}]


def verify_unit(run: Run, number: int) -> dict[str, Any]:
    """Compare one unit's rows on both sides. Raises: DataMismatchError naming table, chunk and keys."""
    with run.sessions() as (source, target), VerdictKeeper.of(run, target) as keeper:
        parts = load.ranges(target, run.control, number)
        tables = {part.table for part in parts}
        plan = run.plan_of(source, tables) if run.options.repair is RepairMode.NONE else run.plan(source)
        context = VerifyContext(source, target, run.options.level, ProgressLog(), settle=following.settle(run))
        known = load.fingerprints(target, run.control, tables)
        recorded = unit_chunks(target, run.control, number)
        for part in parts:
            if plan.target_of(part.table) is None:
                continue
            if fingerprint(plan.table(part.table)) == known[part.table]:
                # a record that is lost must not take its keys out of the comparison
                chunks = leading(part, recorded.pop((part.table, part.number), []))
                verdict = _verify_range(run, plan, part, chunks, context)
            else:
                verdict = _changed(plan, part, str(run.options.level))
            keeper.add(part, verdict)
    found = keeper.found
    report_log.log_verdicts(found)
    bad = [verdict for verdict in found if verdict.verdict not in {Verdict.EQUAL, Verdict.DEGRADED}]
    if bad:
        raise DataMismatchError(_first_words(bad), found, remedy=_REMEDY.format(name=run.config.name))
    return {"unit": number, "ranges": len(found), "rows": sum(verdict.source_rows for verdict in found)}


def _verify_range(
    run: Run, plan: MigrationPlan, part: KeyRange, recorded: Sequence[Chunk], context: VerifyContext
) -> TableVerdict:
    planned = plan.table(part.table)
    verdict = verify_range(context, planned, part, recorded)
    if verdict.verdict is Verdict.DIFFERS and run.options.repair is not RepairMode.NONE:
        repair_range(run, plan, planned, covering(part, recorded))
        verdict = verify_range(context, planned, part, recorded)
    return verdict


def _changed(plan: MigrationPlan, part: KeyRange, level: str) -> TableVerdict:
    """Another key has no such ranges and another column no values to compare, so there is no verdict."""
    text = "its definition, or its target, changed after it was loaded, so its rows cannot be compared"
    found = Difference(DifferenceKind.DIFFERS, "rows", f"table {part.table}", text)
    target = str(plan.target_of(part.table))
    return TableVerdict(str(part.table), target, level, Verdict.MISSING, 0, 0, differences=(found,))


def _first_words(bad: list[Any]) -> str:
    differences = [difference for verdict in bad for difference in verdict.differences]
    named = "; ".join(f"{d.subject}: {d.detail}" for d in differences[:10])
    more = f"; and {len(differences) - 10} more" if len(differences) > 10 else ""
    return f"{len(bad)} key ranges differ: {named}{more}"


def verify_objects(run: Run) -> dict[str, Any]:
    """Compare objects and accounts. Raises: DataMismatchError naming each unexplained difference."""
    with run.sessions() as (source, target), run.phase(target, "verify-objects") as summary:
        plan = run.plan(source)
        objects = compare_objects(plan, source, target)
        verdicts.save_differences(target, run.control, run.run_id, "objects", objects)
        accounts: tuple[Difference, ...] = ()
        if run.config.accounts.mode != "skip":
            proposed = account_plan(run, plan, source, target)
            accounts = compare_accounts(proposed, read_accounts(source), read_accounts(target))
            summary[ACCOUNT_PLAN] = proposed.report_rows(accounts)
        verdicts.save_differences(target, run.control, run.run_id, "accounts", accounts)
        report_log.log_differences((*objects, *accounts))
        open_ones = [difference for difference in (*objects, *accounts) if not difference.explained]
        summary.update(objects=len(objects), accounts=len(accounts), unexplained=len(open_ones))
        if open_ones:
            named = "; ".join(f"{d.subject} {d.kind}: {d.detail}" for d in open_ones[:10])
            raise DataMismatchError(
                f"{len(open_ones)} differences: {named}", open_ones, remedy=_REMEDY.format(name=run.config.name)
            )
    # of accounts there may be thousands: the control schema keeps them, XCom does not
    return {key: value for key, value in summary.items() if key != ACCOUNT_PLAN}
