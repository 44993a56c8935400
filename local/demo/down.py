"""Ending the demo: Airflow first, since its tasks write to the servers, then the servers, then their folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from rich.console import Console

from local.airflow_instance import stop_folder
from local.servers import pair_down


def airflow_home(folder: Path) -> Path:
    """Where the demo's Airflow is within the demo's folder."""
    return folder / "airflow"


def down(console: Console, folder: Path) -> int:
    """Stop whatever runs in the folder and remove it; nothing running is no error."""
    stop_folder(airflow_home(folder))
    pair_down(folder)
    shutil.rmtree(folder, ignore_errors=True)
    console.print("Airflow and both servers are stopped, their data is removed.")
    return 0
