"""`python -m local.shop [--scale N]`: load the sample into the local source, starting the pair if need be."""

import argparse
import logging
import sys

from local import LocalError, shop
from local.servers import RUN_FOLDER, pair_up


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.shop", description="load the sample databases")
    parser.add_argument("--scale", type=float, default=1.0, help="1.0 is a million rows")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        shop.load(pair_up(RUN_FOLDER).source.root_login, chosen.scale)
    except (LocalError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
