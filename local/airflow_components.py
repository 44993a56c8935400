"""Airflow's four components as `airflow standalone` starts them, for an executor that standalone would not allow.

``python -m local.airflow_components``: makes the metadata database, starts the components in this session and ends
with the first of them. Configuration comes from AIRFLOW_HOME alone.
"""

from __future__ import annotations

import subprocess
import sys
import time

COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")


def main() -> int:
    """Run until a component ends; returns 1, since none should."""
    airflow = [sys.executable, "-m", "airflow"]
    subprocess.run([*airflow, "db", "migrate"], check=True)
    running = {name: subprocess.Popen([*airflow, name]) for name in COMPONENTS}
    while all(process.poll() is None for process in running.values()):
        time.sleep(0.5)
    print("ended:", *(name for name, process in running.items() if process.poll() is not None))
    return 1


if __name__ == "__main__":
    sys.exit(main())
