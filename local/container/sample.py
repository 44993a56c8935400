"""`python -m local.container.sample`: put the sample databases on the server that the environment names.

Reads SAMPLE_HOST, SAMPLE_PORT (3306) and SAMPLE_ROOT_PASSWORD. A sample that is there already is left as it is.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping

from local import shop
from local.login import Login


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Load the sample if it is missing; returns the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        host, password = environment["SAMPLE_HOST"], environment["SAMPLE_ROOT_PASSWORD"]
    except KeyError as missing:
        print(f"set {missing.args[0]}", file=sys.stderr)
        return 1
    scale = float(environment.get("SAMPLE_SCALE") or 1)
    login = Login(host, int(environment.get("SAMPLE_PORT") or 3306), "root", password)
    if not shop.is_loaded(login, scale):
        shop.load(login, scale)
    return 0


if __name__ == "__main__":
    sys.exit(main())
