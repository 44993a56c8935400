"""The one place that maps error classes to Airflow: retry, or fail without a retry."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from airflow.sdk.exceptions import AirflowFailException

from aurora_migration.errors import MigrationError, RetryableError


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Let retryable errors pass (Airflow retries the task); fail the task at once on all others of ours.

    Errors that are not ours pass as well: an unknown fault may be passing, and a retry resumes where it stopped.
    """
    try:
        yield
    except RetryableError:
        raise
    except MigrationError as error:
        raise AirflowFailException(f"{type(error).__name__}: {error}") from error
