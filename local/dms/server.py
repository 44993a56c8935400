"""The HTTP side: JSON 1.1 as AWS speaks it, on loopback only.

POST / with `X-Amz-Target: AmazonDMSv20160101.<Operation>`; an answer is 200 and JSON, an error 400 and
``{"__type": …, "message": …}``. Signatures are not checked. Nothing but this protocol is served: faults are
ordered through the Python object alone.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.dms.faults import AwsError

log = logging.getLogger(__name__)
Answering = Callable[[str, Mapping[str, Any]], dict[str, Any]]
_TYPE = "application/x-amz-json-1.1"


class DmsServer(ThreadingHTTPServer):
    """Serves `answering`, which takes an operation's name and its request."""

    daemon_threads = True

    def __init__(self, port: int, target_prefix: str, answering: Answering) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.target_prefix = target_prefix
        self.answering = answering


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: DmsServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            answer = self._answer(body)
        except AwsError as error:
            fault = {"__type": error.code, "message": error.message}
            if error.resource_arn:
                fault["resourceArn"] = error.resource_arn
            self._send(400, fault)
        except Exception:
            log.exception("the stand-in broke")
            self._send(500, {"__type": "InternalFailure", "message": "the local stand-in broke; see its log"})
        else:
            self._send(200, answer)

    def _answer(self, body: bytes) -> dict[str, Any]:
        prefix, _, operation = (self.headers.get("X-Amz-Target") or "").partition(".")
        if prefix != self.server.target_prefix or not operation:
            raise AwsError("UnknownOperationException", "")
        try:
            request = json.loads(body or b"{}")
        except ValueError as error:
            raise AwsError("SerializationException", "the request is no JSON") from error
        if not isinstance(request, dict):
            raise AwsError("SerializationException", "the request is no JSON object")
        return self.server.answering(operation, request)

    def _send(self, status: int, answer: Mapping[str, Any]) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", _TYPE)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: Any) -> None:
        log.debug("asked %s", format % arguments)
