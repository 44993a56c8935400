"""What a child process of a test says by its exit status: done, worth another try, or in need of a person."""

from __future__ import annotations

import logging
from collections.abc import Callable

from aurora_migration.errors import RetryableError

RETRY = 75  # EX_TEMPFAIL


def run(main: Callable[[], None]) -> int:
    """Run ``main``; 0, or `RETRY` after a `RetryableError`. Any other error is Python's to tell (status 1)."""
    try:
        main()
    except RetryableError:
        logging.getLogger(__name__).exception("The process ends and is worth another try")
        return RETRY
    return 0
