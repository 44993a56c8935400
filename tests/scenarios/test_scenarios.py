"""Each case arrives as it left: judged by the migration's own verification and, apart from it, by the oracle."""

from __future__ import annotations

import pytest

from tests.scenarios.harness.case import Case
from tests.scenarios.harness.databases import Stage
from tests.scenarios.harness.judgement import what_is_wrong

pytestmark = pytest.mark.servers


def test_scenario(case: Case, on_stage: Stage) -> None:
    wrong = what_is_wrong(case, on_stage)
    if wrong:
        pytest.fail(wrong, pytrace=False)
