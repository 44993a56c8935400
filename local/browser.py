"""Chromium for the tests that look at the page: Debian's package, found or (as root, on Debian's kin) installed.

CHROMIUM names another one. No browser is downloaded from anywhere else.

    python -m local.browser    install it if it is missing, print where it is
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Final

from local import LocalError

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE: Final = "chromium"


def find_browser() -> str:
    """The path of a Chromium. Raises: LocalError, which says how to get one."""
    for name in filter(None, (os.environ.get("CHROMIUM"), *NAMES)):
        if path := shutil.which(name):
            return path
    raise LocalError(f"no Chromium is installed: apt-get install {PACKAGE}, or set CHROMIUM to the path of one")


def ensure_browser() -> str:
    """The path of a Chromium, which is installed first where that is possible. Raises: LocalError."""
    try:
        return find_browser()
    except LocalError:
        if not shutil.which("apt-get") or os.geteuid() != 0:
            raise
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", PACKAGE]):
        done = subprocess.run(["apt-get", "-qq", *command], env=quiet, capture_output=True, check=False)
        if done.returncode:
            raise LocalError(f"apt-get {command[0]} failed with {done.returncode}; install {PACKAGE} by hand")
    return find_browser()


if __name__ == "__main__":
    try:
        print(ensure_browser())
    except LocalError as error:
        print(f"browser: {error}", file=sys.stderr)
        sys.exit(1)
