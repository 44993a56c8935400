"""Server settings that differ between the sides and change what applications see after cutover.

One table of rules; a rule may ask for more than a difference. The rows themselves do not depend on these: every
session of the migration sets its own modes. The remedy is the parameter group line that makes the target equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from aurora_migration.engine.preflight.context import Context
from aurora_migration.engine.preflight.remedies import parameter
from aurora_migration.model.finding import Finding, note, warning


def _differs(source: str, target: str) -> bool:
    return source != target


def _is_smaller(source: str, target: str) -> bool:
    return int(target) < int(source)


def _other_set(source: str, target: str) -> bool:
    return set(source.split(",")) != set(target.split(","))


@dataclass(frozen=True, slots=True)
class Rule:
    """A variable, what it changes for applications, whether that is worth a warning, and when it matters."""

    name: str
    changes: str
    warn: bool = True
    matters: Callable[[str, str], bool] = _differs


RULES: Final = (
    Rule("auto_increment_increment", "new AUTO_INCREMENT values step differently"),
    Rule("auto_increment_offset", "new AUTO_INCREMENT values start differently"),
    Rule("block_encryption_mode", "AES_ENCRYPT and AES_DECRYPT no longer match stored values"),
    Rule("character_set_server", "new schemas without a character set of their own get another one", warn=False),
    Rule("collation_server", "new schemas without a collation of their own get another one", warn=False),
    Rule("default_collation_for_utf8mb4", "utf8mb4 without COLLATE means another collation"),
    Rule("default_week_format", "WEEK() numbers weeks differently"),
    Rule("div_precision_increment", "divisions have another number of decimals"),
    Rule("group_concat_max_len", "GROUP_CONCAT cuts its result earlier", matters=_is_smaller),
    Rule("init_connect", "sessions start with other statements"),
    Rule("innodb_page_size", "rows and index entries may have another length at most"),
    Rule("lc_time_names", "DAYNAME and MONTHNAME speak another language"),
    Rule("max_allowed_packet", "longer values and statements are refused", matters=_is_smaller),
    Rule("max_sp_recursion_depth", "recursive procedures end at another depth"),
    Rule("sql_mode", "statements are judged by other rules", matters=_other_set),
    Rule("transaction_isolation", "transactions see other rows"),
)
FULLTEXT_RULES: Final = (
    Rule("ft_min_word_len", "FULLTEXT finds words of another length (MyISAM on the source)", warn=False),
    Rule("innodb_ft_min_token_size", "FULLTEXT finds words of another length"),
    Rule("innodb_ft_max_token_size", "FULLTEXT finds words of another length"),
    Rule("innodb_ft_enable_stopword", "FULLTEXT passes over other words"),
    Rule("ngram_token_size", "the ngram parser cuts words differently"),
)


def check_variables(context: Context) -> Iterator[Finding]:
    """Settings that change what applications see."""
    yield from _compare(context, RULES)


def check_fulltext_variables(context: Context) -> Iterator[Finding]:
    """Settings that change what FULLTEXT finds, if a table of the plan has such an index."""
    if any(key.kind == "FULLTEXT" for planned in context.plan.tables for key in planned.table.keys):
        yield from _compare(context, FULLTEXT_RULES)


def check_time_zone(context: Context) -> Iterator[Finding]:
    """The default time zone, with SYSTEM resolved on both sides."""
    zones = []
    for server in (context.source, context.target):
        zone = server.variables["time_zone"]
        zones.append(server.variables["system_time_zone"] if zone == "SYSTEM" else zone)
    utc = {"UTC", "+00:00", "GMT", "Etc/UTC"}
    if zones[0] != zones[1] and not utc.issuperset(zones):
        yield warning(
            "time-zone-differs",
            context.target.label,
            f"default time zone {zones[0]} on the source, {zones[1]} on the target: TIMESTAMP and NOW() read "
            "differently to applications that set no time zone (the stored rows are the same)",
            parameter(context.target, "time_zone", zones[0]),
        )


def _compare(context: Context, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    for rule in rules:
        source = context.source.variables.get(rule.name)
        target = context.target.variables.get(rule.name)
        if source is None or target is None or not rule.matters(source, target):
            continue
        tell = warning if rule.warn else note
        yield tell(
            "variable-differs",
            rule.name,
            f"{source or 'empty'} on the source, {target or 'empty'} on the target: {rule.changes}",
            parameter(context.target, rule.name, source or "''"),
        )
