"""Table mappings: golden texts, names with DMS's wildcards in them, and when a load may be cut."""

from __future__ import annotations

import json

import pytest

from aurora_migration.dms.mapping import boundary_values, escaped, rules, table_mappings
from aurora_migration.errors import UnsupportedTableError
from aurora_migration.model.chunk import KeyRange
from aurora_migration.model.names import TableName
from tests.unit.dms.values import column, plan, table

GOLDEN = """{
  "rules": [
    {
      "rule-type": "selection",
      "rule-id": "1",
      "rule-name": "1",
      "object-locator": {
        "schema-name": "shop",
        "table-name": "order_line"
      },
      "rule-action": "explicit",
      "filters": []
    },
    {
      "rule-type": "selection",
      "rule-id": "2",
      "rule-name": "2",
      "object-locator": {
        "schema-name": "shop",
        "table-name": "100%"
      },
      "rule-action": "explicit",
      "filters": []
    },
    {
      "rule-type": "transformation",
      "rule-id": "3",
      "rule-name": "3",
      "rule-target": "schema",
      "object-locator": {
        "schema-name": "shop"
      },
      "rule-action": "rename",
      "value": "shop_new"
    },
    {
      "rule-type": "transformation",
      "rule-id": "4",
      "rule-name": "4",
      "rule-target": "table",
      "object-locator": {
        "schema-name": "shop",
        "table-name": "order[_]line"
      },
      "rule-action": "rename",
      "value": "line"
    },
    {
      "rule-type": "transformation",
      "rule-id": "5",
      "rule-name": "5",
      "rule-target": "column",
      "object-locator": {
        "schema-name": "shop",
        "table-name": "order[_]line",
        "column-name": "total_net"
      },
      "rule-action": "remove-column"
    },
    {
      "rule-type": "table-settings",
      "rule-id": "6",
      "rule-name": "6",
      "object-locator": {
        "schema-name": "shop",
        "table-name": "order_line"
      },
      "parallel-load": {
        "type": "ranges",
        "columns": [
          "id"
        ],
        "boundaries": [
          [
            "100"
          ],
          [
            "200"
          ]
        ]
      }
    }
  ]
}"""


def cut(name: TableName, *bounds: tuple[str, ...]) -> list[KeyRange]:
    edges = [None, *bounds, None]
    return [KeyRange(name, n, edges[n - 1], edges[n]) for n in range(1, len(edges))]


def test_a_whole_mapping() -> None:
    lines = table("shop", "order_line", column("id"), column("total_net", "decimal", generated="STORED"))
    odd = table("shop", "100%")
    made = plan(
        lines,
        odd,
        renames={"schemas": {"shop": "shop_new"}, "tables": {"shop.order_line": "shop_new.line"}},
    )
    assert table_mappings(made, cut(lines.name, ("100",), ("200",))) == GOLDEN


def test_only_what_the_plan_has_is_selected() -> None:
    """Later rules win in our files; DMS would take the union, so patterns never reach it."""
    made = rules(plan(table("shop", "a"), table("shop", "b")))
    assert [rule["object-locator"]["table-name"] for rule in made] == ["a", "b"]
    assert {rule["rule-action"] for rule in made} == {"explicit"}
    assert "%" not in json.dumps(made)


@pytest.mark.parametrize(
    ("name", "pattern"), [("plain", "plain"), ("a_b", "a[_]b"), ("50%", "50[%]"), ("[x]", "[[]x]"), ("é", "é")]
)
def test_names_are_patterns_that_match_themselves_alone(name: str, pattern: str) -> None:
    assert escaped(name) == pattern


def test_a_generated_column_whose_name_would_also_match_another_is_escaped() -> None:
    both = table("shop", "t", column("id"), column("a_b", generated="VIRTUAL"), column("axb"))
    (removed,) = [rule for rule in rules(plan(both)) if rule["rule-type"] == "transformation"]
    assert removed["object-locator"]["column-name"] == "a[_]b"


def test_a_table_that_leaves_its_schema_is_refused() -> None:
    made = plan(table("shop", "a"), renames={"tables": {"shop.a": "other.a"}})
    with pytest.raises(UnsupportedTableError, match=r"table shop\.a.*engine native"):
        table_mappings(made)


@pytest.mark.parametrize("data_type", ["double", "float", "varchar", "text", "datetime", "binary", "year"])
def test_no_ranges_over_types_that_dms_cuts_otherwise_or_not_at_all(data_type: str) -> None:
    one = table("shop", "t", column("id", data_type))
    assert boundary_values(one, cut(one.name, ("5",))) == {}


def test_no_ranges_without_a_key_with_a_gap_or_with_one_range() -> None:
    keyless = table("shop", "t", key=())
    assert boundary_values(keyless, cut(keyless.name, ("5",))) == {}
    nullable = table("shop", "t", column("id", nullable=True))
    assert boundary_values(nullable, cut(nullable.name, ("5",))) == {}, "rows with NULL would be skipped"
    good = table("shop", "t")
    assert boundary_values(good, cut(good.name)) == {}
    gap = [KeyRange(good.name, 1, None, ("5",)), KeyRange(good.name, 2, ("6",), None)]
    assert boundary_values(good, gap) == {}


def test_ranges_of_a_composite_key() -> None:
    one = table("shop", "t", column("a", "bigint"), column("b", "decimal"), key=("a", "b"))
    found = boundary_values(one, cut(one.name, ("1", "2.50"), ("9", "0.00")))
    assert found == {"columns": ["a", "b"], "boundaries": [["1", "2.50"], ["9", "0.00"]]}


def test_more_than_ten_boundary_columns_are_too_many() -> None:
    names = tuple(f"c{n}" for n in range(11))
    one = table("shop", "t", *(column(name) for name in names), key=names)
    assert boundary_values(one, cut(one.name, ("1",) * 11)) == {}
