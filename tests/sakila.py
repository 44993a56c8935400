"""The Sakila sample database, where a machine has it: tests that need it skip visibly elsewhere."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from local.login import Login
from local.mysqld import find_distribution


def sakila_folder() -> Path | None:
    """``SAKILA_FOLDER``, or ``shared/datasets/sakila`` beside the project."""
    places = [os.environ.get("SAKILA_FOLDER"), Path(__file__).resolve().parents[2] / "shared/datasets/sakila"]
    return next((Path(place) for place in places if place and (Path(place) / "sakila-data.sql").is_file()), None)


def load_sakila(login: Login) -> None:
    """Load schema and data with the real client. Raises: CalledProcessError."""
    folder = sakila_folder()
    assert folder is not None
    client = find_distribution().client()
    for name in ("sakila-schema.sql", "sakila-data.sql"):
        with (folder / name).open("rb") as text:
            subprocess.run(
                [*client, f"--host={login.host}", f"--port={login.port}", f"--user={login.user}"],
                stdin=text,
                check=True,
                env={**os.environ, "MYSQL_PWD": login.password},
            )
