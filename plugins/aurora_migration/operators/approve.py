"""The question to a person. Whoever answers in its first seconds is heard by the process that asks.

Airflow 3.3 parks a question and starts a second process for its answer, under the same try. If the scheduler
learns of the first process's end only when the second one is queued, it takes the task for failed: that happens to
an answer within a second or so of the parking, longer on a busy machine. Such an answer is lost, nothing is
changed, and the task's retry asks again.
"""

from __future__ import annotations

import time
from typing import Any, Final

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context
from airflow.sdk.exceptions import TaskAwaitingInput
from airflow.sdk.execution_time.hitl import get_hitl_detail_content_detail

QUICK_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.5


class AskOperator(ApprovalOperator):
    """Waits for Approve or Reject: some seconds by itself, then parked without a process."""

    def execute(self, context: Context) -> Any:
        try:
            return super().execute(context)
        except TaskAwaitingInput:
            answer = _quick_answer(context)
            if answer is None:
                raise
            return self.execute_complete(context, answer)


def _quick_answer(context: Context) -> dict[str, Any] | None:
    """The answer as Airflow would hand it to a parked task; None while there is none."""
    deadline = time.monotonic() + QUICK_SECONDS
    while time.monotonic() < deadline:
        found = get_hitl_detail_content_detail(ti_id=context["ti"].id)
        if found.response_received and found.chosen_options:
            who = found.responded_by_user
            return {
                "chosen_options": list(found.chosen_options),
                "params_input": found.params_input or {},
                "responded_at": found.responded_at,
                "responded_by_user": {"id": who.id, "name": who.name} if who else None,
            }
        time.sleep(_POLL_SECONDS)
    return None
