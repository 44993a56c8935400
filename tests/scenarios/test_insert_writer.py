"""Cases of values once more by multi-row INSERT, the way to targets that do not allow LOAD DATA LOCAL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.harness.case import Case
from tests.scenarios.harness.databases import Stage
from tests.scenarios.harness.judgement import what_is_wrong

pytestmark = pytest.mark.servers

NAMES = (
    "01_integer_limits", "03_float_values", "05_decimal_values", "06_bit_values", "09_zero_dates",
    "10_time_values",
    "12_timestamp_zones", "17_character_sets", "18_backslash_bytes", "19_special_bytes", "19_null_words",
    "20_binary_padding", "21_value_limits", "22_enum_error_value", "22_enum_members", "23_set_values",
    "26_json_structure", "27_json_empty_document", "30_geometry_values", "31_vector", "32_invisible_columns",
    "37_no_key_duplicates",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_inserted_rows_arrive(name: str, on_stage: Stage) -> None:
    case = Case.read(Path(__file__).parent / name)
    wrong = what_is_wrong(case, on_stage, load={"method": "insert"})
    if wrong:
        pytest.fail(wrong, pytrace=False)
