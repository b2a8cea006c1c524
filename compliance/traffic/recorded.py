"""What the rules themselves sent, judged by the checks that judge the engine's trials.

Nothing is sent. A recorded exchange says less of itself than a generated one does, so only the checks are
made that look at the answer alone.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from schemathesis.checks import CheckContext, CheckFunction, run_checks
from schemathesis.core import media_types
from schemathesis.core.errors import SchemathesisError
from schemathesis.core.failures import Failure
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from compliance.contract.servers import base_path_of, clean
from compliance.target.tape import BODY_CAP, Exchange
from compliance.traffic.engine import load
from compliance.traffic.failures import described
from compliance.traffic.guest import as_a_guest, configuration
from compliance.traffic.noise import Sent, reason_to_drop
from compliance.traffic.trial import RECORDED, CheckFailure, Trial

AnyOperation: TypeAlias = APIOperation[Any, Any, Any, Any]

CHECKS: tuple[CheckFunction, ...] = (
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


def judge(
    document: Mapping[str, Any], base_url: str, exchanges: Iterable[Exchange], base_path: str
) -> tuple[Trial, ...]:
    # The engine adds a filter of its own and forgets it.
    with as_a_guest(), warnings.catch_warnings():
        schema = load(document, base_url, base_path, configuration(seed=0, examples=1, workers=1))
        operations = labelled(schema, clean(base_path) or base_path_of(document))
        return tuple(
            _trial(operations[exchange.operation], exchange)
            for exchange in exchanges
            if exchange.operation in operations and is_told(operations[exchange.operation], exchange)
        )


def labelled(schema: OpenApiSchema, base: str) -> dict[str, AnyOperation]:
    """The operations that the engine can read, each by the label that a contract gives it."""
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {f"{operation.method.upper()} {base}{operation.path}": operation for operation in found}


def is_told(operation: AnyOperation, exchange: Exchange) -> bool:
    """Whether the document has a say in the answer: the service is not busy, the request is of the shape that it shows.

    Of another method, path or type of body only a server error would be a finding, and the engine holds it so.
    """
    same_method = exchange.method.upper() == operation.method.upper()
    same_path = _pattern(operation.full_path).fullmatch(urlsplit(exchange.url).path) is not None
    return not exchange.busy and same_method and same_path and _has_documented_body(operation, exchange)


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"{[^{}/]+}", path)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def _has_documented_body(operation: AnyOperation, exchange: Exchange) -> bool:
    documented = operation.schema.get_request_payload_content_types(operation)
    if not exchange.request_body or not documented:
        return True
    claimed = [value for name, value in exchange.request_headers if name.lower() == "content-type"]
    return any(_is_of_type(value, option) for value in claimed[:1] for option in documented)


def _is_of_type(claimed: str, documented: str) -> bool:
    try:
        return media_types.matches_parts(media_types.parse(documented), media_types.parse(claimed))
    except ValueError:
        return False


def _trial(operation: AnyOperation, exchange: Exchange) -> Trial:
    sent = Sent(exchange)
    failures = _failures(operation, exchange)
    return Trial(
        operation=exchange.operation,
        exchange=exchange,
        phase=RECORDED,
        positive=False,
        scenario="",
        location="",
        parameter="",
        failures=tuple(f for f in failures if reason_to_drop(f.check, sent) is None),
    )


def _failures(operation: AnyOperation, exchange: Exchange) -> list[CheckFailure]:
    case, answer = operation.Case(), response(exchange)
    context = CheckContext(
        override=None,
        auth=None,
        headers=None,
        config=operation.schema.config.checks_config_for(operation=operation),
        transport_kwargs=None,
        response_checks=None,
    )
    found: list[CheckFailure] = []

    def keep(name: str, _: set[Failure], failure: Failure) -> None:
        found.append(described(name, failure))

    for check in CHECKS:
        if check is response_schema_conformance and not is_whole(exchange):
            continue
        try:
            run_checks(case=case, response=answer, ctx=context, checks=[check], on_failure=keep)
        except SchemathesisError:
            # The document, not the answer, is broken here; the run of the engine says so in its notes.
            continue
    return found


def is_whole(exchange: Exchange) -> bool:
    """Whether the tape kept the whole answer: it cuts what is too long, and an event stream may never end."""
    return len(exchange.body) < BODY_CAP and exchange.media_type != "text/event-stream"


def response(exchange: Exchange) -> Response:
    """The recorded answer as the engine would have had it."""
    headers: dict[str, list[str]] = {}
    for name, value in exchange.headers:
        headers.setdefault(name.lower(), []).append(value)
    known = {status.value: status.phrase for status in HTTPStatus}
    return Response(
        status_code=exchange.status,
        headers=headers,
        content=exchange.body,
        request=_request(exchange),
        elapsed=0.0,
        verify=True,
        message=known.get(exchange.status, ""),
        encoding=get_encoding_from_headers(
            CaseInsensitiveDict({n: values[0] for n, values in headers.items()})
        ),
    )


def _request(exchange: Exchange) -> requests.PreparedRequest:
    """As it was sent: preparing it would repair what a rule broke on purpose."""
    request = requests.PreparedRequest()
    request.method, request.url = exchange.method, exchange.url
    request.headers = CaseInsensitiveDict(exchange.request_headers)
    request.body = exchange.request_body
    return request
