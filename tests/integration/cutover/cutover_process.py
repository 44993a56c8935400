"""Cutovers in processes that can be killed: ``python -m tests.integration.cutover.cutover_process SETTINGS.json``.

Keys: ``config`` (the migration). Airflow's connections come with the environment. Reads orders, a JSON object a
line with ``run_id``, ``steps``, ``direction``, ``cutover`` (that part of the migration file) and ``halt``; each is
carried out by a fork, so that none waits for imports. Prints ``{"pid": …}`` when it has begun and
``{"status": …}``, negative for a signal, when it has ended. A fork stops itself (SIGSTOP) once it has recorded the
state ``halt``.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

from aurora_migration.bridge.run import Run
from aurora_migration.model.config import MigrationConfig
from aurora_migration.model.config_cutover import CutoverConfig
from aurora_migration.model.plan import RunOptions
from aurora_migration.store import cutovers
from tests.integration.cutover.stage import cut_over

FAILED = 3  # a step failed for good, and the source was released


def main(config: MigrationConfig) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # Airflow's logs go to the standard output

    def tell(**words: Any) -> None:
        print(json.dumps(words), file=answers, flush=True)

    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            _carry_out(config, order)
        tell(pid=pid)
        tell(status=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _carry_out(config: MigrationConfig, order: dict[str, Any]) -> None:
    """Never returns."""
    status = 1
    try:
        _halt_at(order["halt"])
        asked = config.model_copy(update={"cutover": CutoverConfig.model_validate(order["cutover"])})
        failure = cut_over(Run(asked, RunOptions(direction=order["direction"]), order["run_id"]), order["steps"])
        if failure is not None:
            logging.getLogger(__name__).error("A step failed", exc_info=failure)
        status = FAILED if failure else 0
    except BaseException:
        logging.getLogger(__name__).exception("The process ends")
    finally:
        os._exit(status)


def _halt_at(state: str) -> None:
    move = cutovers.move

    def moved(*arguments: Any) -> Any:
        found = move(*arguments)
        if str(found.state) == state:
            os.kill(os.getpid(), signal.SIGSTOP)
        return found

    cutovers.move = moved


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)s %(levelname)s %(message)s")
    main(MigrationConfig.model_validate(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["config"]))
