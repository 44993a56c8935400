"""`python -m local.dms --port P`: a DMS and an account around it, until interrupted.

Prints the environment for other programs, one NAME=value a line, then waits. Roles and a network are made unless
--bare is given.
"""

import argparse
import logging
import signal
import sys
import threading

from local.dms.cloud import Cloud


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.dms", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="of DMS; 0 takes a free one")
    parser.add_argument("--services-port", type=int, default=0, help="of the other services")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--time-factor", type=float, default=0.02, help="1 takes as long as AWS")
    parser.add_argument("--bare", action="store_true", help="an empty account: no roles, no network")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    cloud = Cloud(
        time_factor=chosen.time_factor, region=chosen.region, port=chosen.port, services_port=chosen.services_port
    )
    with cloud:
        for key, value in cloud.environment().items():
            print(f"{key}={value}")
        if not chosen.bare:
            cloud.make_roles()
            network = cloud.make_network()
            print(f"# subnets {' '.join(network.subnet_ids)}, security group {network.security_group_id}")
        sys.stdout.flush()
        over.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
