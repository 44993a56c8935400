"""DMS as botocore describes it: what a request must look like, and what an answer may hold.

The service model that comes with botocore is the only authority: a request that breaks it is refused, an answer
that breaks it is a defect of this package (`Checked.violations`). botocore's own validator does not look at
enumerations, so that is done here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import botocore.loaders
import botocore.model
import botocore.validate

from local.dms import words
from local.dms.faults import AwsError


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer as it goes over the wire, the members it has, and what is wrong with it."""

    body: dict[str, Any]
    paths: frozenset[str]
    violations: tuple[str, ...]


class DmsModel:
    """The operations of the service, by name."""

    def __init__(self) -> None:
        loaded = botocore.loaders.create_loader().load_service_model("dms", "service-2")
        self._model: Any = botocore.model.ServiceModel(loaded, "dms")
        self.operations = frozenset(self._model.operation_names)
        self.target_prefix = str(self._model.metadata["targetPrefix"])
        self.faults = frozenset(shape.name for shape in self._model.error_shapes)

    def check_request(self, operation: str, request: Mapping[str, Any]) -> None:
        """Raises: AwsError, in the words of a service that refuses a request."""
        shape = self._model.operation_model(operation).input_shape
        report = botocore.validate.ParamValidator().validate(request, shape)
        if report.has_errors():
            raise AwsError("ValidationException", report.generate_report())
        for path, value, allowed in _outside_enums(shape, request, ""):
            values = ", ".join(allowed)
            raise AwsError("ValidationException", words.ENUM.format(value=value, path=path, values=values))

    def check_answer(self, operation: str, answer: Mapping[str, Any]) -> Checked:
        """The answer without members of None, and whether it is what the model says."""
        shape = self._model.operation_model(operation).output_shape
        kept = _without_none(dict(answer))
        report = botocore.validate.ParamValidator().validate(kept, shape)
        wrong = [f"{operation}: {report.generate_report()}"] if report.has_errors() else []
        wrong += [f"{operation}: {path} is {value!r}" for path, value, _ in _outside_enums(shape, kept, "")]
        wrong += [f"{operation}: {path} is no member" for path in _unknown(shape, kept, "")]
        return Checked(_wire(kept), frozenset(_paths(kept, "")), tuple(wrong))

    def check_fault(self, code: str, operation: str) -> tuple[str, ...]:
        """Violations of an error: a fault that the model has must be one that the operation may raise."""
        declared = {shape.name for shape in self._model.operation_model(operation).error_shapes}
        if code in self.faults and code not in declared:
            return (f"{operation} does not raise {code}",)
        return ()

    def has_path(self, operation: str, path: str) -> bool:
        """Whether the operation's answer can have this member ("Endpoints.MySQLSettings.Port")."""
        shape = self._model.operation_model(operation).output_shape
        for name in path.split("."):
            while shape.type_name == "list":
                shape = shape.member
            if shape.type_name != "structure" or name not in shape.members:
                return False
            shape = shape.members[name]
        return True


def _outside_enums(shape: Any, value: Any, path: str) -> Iterator[tuple[str, str, list[str]]]:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for name, member in shape.members.items():
            if name in value:
                yield from _outside_enums(member, value[name], f"{path}.{name}".lstrip("."))
    elif shape.type_name == "list" and isinstance(value, list):
        for one in value:
            yield from _outside_enums(shape.member, one, path)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield path[:1].lower() + path[1:], str(value), list(shape.enum)


def _unknown(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for name, one in value.items():
            if name not in shape.members:
                yield f"{path}.{name}".lstrip(".")
            else:
                yield from _unknown(shape.members[name], one, f"{path}.{name}".lstrip("."))
    elif shape.type_name == "list" and isinstance(value, list):
        for one in value:
            yield from _unknown(shape.member, one, path)


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield f"{path}.{name}".lstrip(".")
            yield from _paths(one, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for one in value:
            yield from _paths(one, path)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(one) for name, one in value.items() if one is not None}
    return [_without_none(one) for one in value] if isinstance(value, list) else value


def _wire(value: Any) -> Any:
    """JSON 1.1 of AWS sends a time as seconds since 1970."""
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    if isinstance(value, dict):
        return {name: _wire(one) for name, one in value.items()}
    return [_wire(one) for one in value] if isinstance(value, list) else value
