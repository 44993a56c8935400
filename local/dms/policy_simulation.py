"""SimulatePrincipalPolicy, which moto lacks: what the orders of `Deny` say, in IAM's own form.

A WSGI layer in front of moto. It answers this one action of IAM and passes everything else on. With no order to
deny, every action is allowed; an order names an operation of DMS ("CreateEndpoint") or a whole action
("iam:GetRole").
"""

from __future__ import annotations

import io
import urllib.parse
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

from local.dms.faults import Faults

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_ANSWER = (
    '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
    "<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>{members}</EvaluationResults>"
    "</SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata>"
    "</SimulatePrincipalPolicyResponse>"
)
_MEMBER = (
    "<member><EvalActionName>{action}</EvalActionName><EvalResourceName>*</EvalResourceName>"
    "<EvalDecision>{decision}</EvalDecision></member>"
)


class PolicySimulation:
    """Answers the one action by `faults`, which may be set after the start."""

    def __init__(self, behind: Application) -> None:
        self._behind = behind
        self.faults: Faults | None = None

    def __call__(self, environment: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environment.get("CONTENT_LENGTH") or 0)
        body = environment["wsgi.input"].read(length) if length else b""
        environment["wsgi.input"] = io.BytesIO(body)
        if self.faults is None or b"Action=SimulatePrincipalPolicy" not in body:
            return self._behind(environment, start_response)
        asked = urllib.parse.parse_qs(body.decode())
        actions = [values[0] for name, values in sorted(asked.items()) if name.startswith("ActionNames.member.")]
        denied = self.faults.denied()
        members = "".join(
            _MEMBER.format(
                action=escape(one),
                decision="implicitDeny" if one in denied or one.removeprefix("dms:") in denied else "allowed",
            )
            for one in actions
        )
        answer = _ANSWER.format(members=members).encode()
        start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(answer)))])
        return [answer]
