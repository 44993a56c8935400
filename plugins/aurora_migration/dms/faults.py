"""Errors of the AWS API → errors of this package, and the one fault that is worth waiting out.

A fault is known by the code that the service sent, so botocore need not be imported here. Texts of AWS go into
ours; what a client says about parameters does not, since it may repeat a value.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from aurora_migration.dms.policy import action_policy
from aurora_migration.errors import (
    ConfigurationError,
    FatalError,
    MigrationError,
    MissingPrivilegeError,
    RetryableError,
)

ABSENT: Final = frozenset({"ResourceNotFoundFault", "NoSuchEntity", "NoSuchEntityException"})
EXISTS: Final = frozenset({"ResourceAlreadyExistsFault"})
THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
    }
)
_PASSING: Final = THROTTLED | {"InternalFailure", "InternalServerError", "ServiceUnavailable", "500", "503"}
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "AccessDeniedFault", "UnauthorizedOperation"})
_CREDENTIALS: Final = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "ExpiredToken",
        "ExpiredTokenException",
        "SignatureDoesNotMatch",
        "AuthFailure",
    }
)
_CLIENT_CREDENTIALS: Final = frozenset(
    {
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "ProfileNotFound",
        "NoRegionError",
    }
)
_UNREACHABLE: Final = frozenset(
    {
        "EndpointConnectionError",
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "ConnectionClosedError",
        "ProxyConnectionError",
        "HTTPClientError",
    }
)
_REMEDIES: Final = {
    "InsufficientResourceCapacityFault": "choose another dms.instance.instance_class, or try again later",
    "ResourceQuotaExceededFault": "delete what is not needed, or ask for a higher quota under Service Quotas",
    "StorageQuotaExceededFault": "lower dms.instance.storage_gib, or ask for a higher quota",
    "ReplicationSubnetGroupDoesNotCoverEnoughAZs": "give dms.subnets in at least two availability zones",
    "InvalidSubnet": "check dms.subnets: all must exist and be in one VPC",
    "KMSKeyNotAccessibleFault": "allow this identity and DMS to use the KMS key",
}
_ROLE_WORDS: Final = "is not configured properly"

Result = TypeVar("Result")


def code_of(error: BaseException) -> str:
    """The service's error code, or the class name of a client's own error."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def text_of(error: BaseException) -> str:
    """What the service said."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Message", "")) or code_of(error)
    return code_of(error)


def is_aws(error: BaseException) -> bool:
    """Whether an error comes from AWS or its client, and not from a defect here."""
    return hasattr(error, "response") or type(error).__module__.startswith("botocore")


def is_absent(error: BaseException) -> bool:
    return code_of(error) in ABSENT


def is_passing(error: BaseException) -> bool:
    """Whether the same call may succeed by itself in a moment."""
    return code_of(error) in _PASSING | _UNREACHABLE


def is_role_not_effective(error: BaseException) -> bool:
    """``dms-vpc-role`` is missing, wrong, or so new that DMS does not see it yet."""
    return code_of(error) in DENIED and _ROLE_WORDS in text_of(error)


def translate(error: Exception, subject: str) -> MigrationError:
    """The error of ours that says what the caller should do."""
    code, said = code_of(error), text_of(error)
    if code in _PASSING | _UNREACHABLE:
        return RetryableError(f"AWS did not answer as it should ({code}: {said})", subject=subject)
    if code in _CREDENTIALS | _CLIENT_CREDENTIALS:
        return ConfigurationError(
            f"AWS does not accept the credentials or the region ({code})",
            subject=subject,
            remedy="correct the Airflow connection named by dms.connection",
        )
    if is_role_not_effective(error):
        return MissingPrivilegeError(
            said, subject=subject, remedy="make dms-vpc-role as the preflight's finding dms-vpc-role-missing says"
        )
    if code in DENIED:
        operation = str(getattr(error, "operation_name", ""))
        remedy = f"attach to the identity of dms.connection: {action_policy(operation)}"
        return MissingPrivilegeError(f"AWS denies {operation} ({said})", subject=subject, remedy=remedy)
    if code == "InvalidResourceStateFault":
        return RetryableError(f"is in another state than needed ({said})", subject=subject)
    if code == "ParamValidationError":
        return FatalError(
            "a request does not fit AWS's service model",
            subject=subject,
            remedy="check the dms section of the migration file",
        )
    return FatalError(f"{code}: {said}", subject=subject, remedy=_REMEDIES.get(code, "see AWS's message"))


@contextlib.contextmanager
def aws(subject: str) -> Iterator[None]:
    """Let errors of the API out as ours. Raises: MigrationError."""
    try:
        yield
    except MigrationError:
        raise
    except Exception as error:
        if not is_aws(error):
            raise
        # the original is not chained where it could repeat a parameter's value
        raise translate(error, subject) from (None if code_of(error) == "ParamValidationError" else error)


def once_effective(
    call: Callable[[], Result], sleep: Callable[[float], None], delays: tuple[float, ...] = (2, 4, 8, 15, 15, 15)
) -> Result:
    """Call until DMS sees ``dms-vpc-role``: for up to a minute after its creation it says it does not."""
    for delay in delays:
        try:
            return call()
        except Exception as error:
            if not is_role_not_effective(error):
                raise
            sleep(delay)
    return call()
