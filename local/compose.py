"""Lets docker compose itself judge docker-compose.yaml, without an engine.

`python -m local.compose` asks for the resolved file (`config`) with the values of `.env.example`, so a wrong
key, an unset secret or a broken reference fails. First found wins: the `docker compose` plugin, `docker-compose`
on PATH, or Debian unstable's package, unpacked and not installed. Nothing is built, pulled or started.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from local import LocalError, debian
from local.distribution import cache_folder

ROOT = Path(__file__).parent.parent
COMPOSE = debian.Download(
    what="docker compose",
    folder="debian-compose",
    packages=("docker-compose",),
    megabytes=16,
    otherwise="Install docker compose, or leave this check to a machine that has it.",
)


def find_compose() -> list[str]:
    """The start of a compose command line.

    Raises:
        LocalError: there is none, and none is to be had.
    """
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0:
        return [docker, "compose"]
    program = shutil.which("docker-compose")
    if program:
        return [program]
    if not debian.is_debian_like():
        raise LocalError(f"no docker compose on this machine. {COMPOSE.otherwise}")
    root = debian.unpacked(cache_folder(), COMPOSE)
    return [*debian.launcher(root), str(root / "usr/bin/docker-compose")]


PROFILES = ("celery",)


def resolved(
    values: Path | None, compose: list[str] | None = None, profiles: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The compose file with ``values`` (a .env file) filled in, and the services of ``profiles`` beside those that
    always are there; the environment of this process plays no part.

    Raises:
        LocalError: compose refuses the file; the text holds its own words.
    """
    command = [*(compose or find_compose()), "--env-file", str(values or os.devnull)]
    command += [word for name in profiles for word in ("--profile", name)]
    command += ["--file", str(ROOT / "docker-compose.yaml"), "config"]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)
    if done.returncode != 0:
        raise LocalError(f"docker compose refuses docker-compose.yaml: {done.stderr.strip()}")
    found: dict[str, Any] = yaml.safe_load(done.stdout)
    return found


def main() -> int:
    """Check the file; returns the exit status."""
    try:
        compose = find_compose()
        version = subprocess.run([*compose, "version"], capture_output=True, text=True, check=False).stdout
        services = resolved(ROOT / ".env.example", compose)["services"]
        more = resolved(ROOT / ".env.example", compose, PROFILES)["services"]
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    extra = f"{len(more) - len(services)} more with {', '.join(PROFILES)}"
    says = version.splitlines()[0].strip()
    print(f"docker-compose.yaml is valid: {len(services)} services, {extra}, says {says}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
