"""Server settings: every rule of the variables tables fires on a difference, and only then."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from aurora_migration.engine.preflight.variables import FULLTEXT_RULES, RULES
from aurora_migration.model.finding import Severity
from tests.integration.preflight.cases import TABLE
from tests.integration.preflight.world import ODD, ODD_WORDS, World, config_for, execute, global_variables

pytestmark = pytest.mark.servers

FULLTEXT = "CREATE TABLE t (id INT PRIMARY KEY, a TEXT, FULLTEXT KEY (a))"
OTHER_VALUES = {
    "auto_increment_increment": "2",
    "auto_increment_offset": "2",
    "block_encryption_mode": "'aes-256-cbc'",
    "character_set_server": "latin1",
    "collation_server": "utf8mb4_bin",
    "default_collation_for_utf8mb4": "utf8mb4_general_ci",
    "default_week_format": "1",
    "div_precision_increment": "8",
    "group_concat_max_len": "10000",
    "init_connect": "'SET @house = 1'",
    "lc_time_names": "'de_DE'",
    "max_allowed_packet": "1073741824",
    "max_sp_recursion_depth": "5",
    "sql_mode": "'ANSI'",
    "transaction_isolation": "'READ-COMMITTED'",
    "innodb_ft_enable_stopword": "OFF",
}


def test_every_rule_has_another_value_here() -> None:
    known = OTHER_VALUES.keys() | ODD_WORDS.keys() | ODD.keys()
    assert {rule.name for rule in (*RULES, *FULLTEXT_RULES)} <= known


@pytest.mark.parametrize("name", sorted(OTHER_VALUES))
def test_a_difference_is_told_with_its_parameter_group_line(name: str, world: World, schema: str) -> None:
    rule = next(rule for rule in (*RULES, *FULLTEXT_RULES) if rule.name == name)
    check = "variables" if rule in RULES else "fulltext_variables"
    execute(world.source, [FULLTEXT], schema)
    with global_variables(world.source, {name: OTHER_VALUES[name]}):
        found = [f for f in world.check(check, config_for(schema)) if f.subject == name]
    (finding,) = found
    assert (finding.code, finding.severity is Severity.WARNING) == ("variable-differs", rule.warn)
    value = OTHER_VALUES[name].strip("'") if name != "sql_mode" else "REAL_AS_FLOAT"
    assert f"the target's parameter group or option file: {name} = {value}" in finding.remedy


def test_equal_servers_have_no_difference(world: World, schema: str) -> None:
    execute(world.source, [FULLTEXT], schema)
    for check in ("variables", "fulltext_variables"):
        assert not world.check(check, config_for(schema))


def test_settings_that_are_fixed_at_the_start(world: World, schema: str) -> None:
    execute(world.source, [FULLTEXT], schema)
    odd = world.root(world.odd, "target")
    page = world.check("variables", config_for(schema), target=odd)
    assert [finding.subject for finding in page] == ["innodb_page_size"]
    words = world.check("fulltext_variables", config_for(schema), target=odd)
    assert {finding.subject for finding in words} == set(ODD_WORDS)


def test_a_larger_packet_and_the_same_modes_in_another_order_are_fine(world: World, schema: str) -> None:
    execute(world.source, [TABLE], schema)
    with ExitStack() as stack:
        larger = {"max_allowed_packet": "1073741824", "sql_mode": "'NO_ZERO_DATE,STRICT_ALL_TABLES'"}
        stack.enter_context(global_variables(world.target, larger))
        stack.enter_context(global_variables(world.source, {"sql_mode": "'STRICT_ALL_TABLES,NO_ZERO_DATE'"}))
        assert not world.check("variables", config_for(schema))
