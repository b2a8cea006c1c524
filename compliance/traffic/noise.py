"""What the engine's checks hold against a conformant FastAPI service, and why each is no fault.

Pure: a check's name and what was sent go in, a reason or None comes out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

from compliance.target.tape import Exchange
from compliance.traffic.lax import Errors, has_lax_reading

#: What uvicorn answers in place of the application when the bytes are no HTTP request.
NOT_HTTP = b"Invalid HTTP request received."
#: Words that stand for true and false in a query, whatever their case.
BOOLEAN_WORDS = frozenset({"0", "1", "on", "off", "t", "f", "true", "false", "y", "n", "yes", "no"})
#: Query parameters by which a client says which fields of an answer it wants, or wants left out.
CHOICES = re.compile(
    r"(^|[\[.{\"])[_$]?(fields?|select|only|omit|exclude|projection)($|[\]}\"\[])", re.IGNORECASE
)
#: Headers by which it says the same: X-Fields of Flask-RESTX, X-Goog-FieldMask.
CHOOSING = re.compile(r"(x-)?(goog-)?(fields?|field-?mask)", re.IGNORECASE)
#: An address at a domain that is set aside (RFC 6761 and its successors).
RESERVED_ADDRESS = re.compile(
    r"@([^\s\"&,@]*\.)?(arpa|invalid|local|localhost|onion|test)(?![\w.-])", re.IGNORECASE
)


@dataclass(frozen=True, eq=False)
class Sent:
    """What is known of a generated request and its answer.

    negated: the locations (body, query, path, header, cookie) whose data is invalid; parameters: the names
    that were made invalid, as far as the engine says; errors: how many faults a JSON body has.
    scalars, booleans, texts: the query parameters that take one value, a boolean, any text at all.
    """

    exchange: Exchange
    negated: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    errors: Errors | None = None
    scalars: frozenset[str] = frozenset()
    booleans: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    grants_credentials: bool = False


@dataclass(frozen=True)
class Noise:
    """One kind of false alarm; `checks` empty means every check."""

    reason: str
    applies: Callable[[Sent], bool]
    checks: frozenset[str] = frozenset()


def reason_to_drop(check: str, sent: Sent) -> str | None:
    """Why a failure of that check says nothing of the service, None where it does."""
    return next((n.reason for n in NOISE if (not n.checks or check in n.checks) and n.applies(sent)), None)


def is_busy(sent: Sent) -> bool:
    return sent.exchange.busy


def is_no_http(sent: Sent) -> bool:
    answer = sent.exchange
    return answer.status == HTTPStatus.BAD_REQUEST and answer.body == NOT_HTTP


def is_undecodable_json(sent: Sent) -> bool:
    """Refused with 400 because the body is no JSON at all that Python can read."""
    request = sent.exchange
    refused = request.status == HTTPStatus.BAD_REQUEST
    return refused and _claims_json(request) and not _is_json(request.request_body)


def is_lax_body(sent: Sent) -> bool:
    """Nothing is wrong but the body, and pydantic's lax mode reads a valid value out of that."""
    if sent.errors is None or sent.negated != {"body"} or not _is_json(sent.exchange.request_body):
        return False
    return has_lax_reading(json.loads(sent.exchange.request_body), sent.errors)


def is_repeated_scalar(sent: Sent) -> bool:
    """Nothing is wrong but that a parameter which takes one value is in the query more than once."""
    names = [name for name, _ in _query(sent)]
    repeated = {name for name in names if names.count(name) > 1}
    return sent.negated == {"query"} and bool(repeated & sent.scalars) and sent.parameters <= repeated


def is_readable_query(sent: Sent) -> bool:
    """Nothing is wrong but values of the query, and as text each is one that the parameter takes."""
    words = {value.lower() for name, value in _query(sent) if name in sent.parameters & sent.booleans}
    changed = bool(sent.parameters) and sent.parameters <= sent.booleans | sent.texts
    return sent.negated == {"query"} and changed and words <= BOOLEAN_WORDS


def is_bodyless(sent: Sent) -> bool:
    return not sent.exchange.body


def has_chosen_fields(sent: Sent) -> bool:
    """The client said which fields it wants, so that an answer without the others is what it asked for."""
    query = _query(sent)
    return any(
        CHOICES.search(name) or (value[:1] == "{" and CHOICES.search(value)) for name, value in query
    ) or any(CHOOSING.fullmatch(name) and value for name, value in sent.exchange.request_headers)


def is_credentials(sent: Sent) -> bool:
    return sent.grants_credentials and HTTPStatus.BAD_REQUEST <= sent.exchange.status < 500


def has_reserved_address(sent: Sent) -> bool:
    request = sent.exchange
    refused = request.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = unquote(urlsplit(request.url).query) + unquote(request.request_body.decode("utf-8", "replace"))
    return refused and RESERVED_ADDRESS.search(said) is not None


def is_forbidden(sent: Sent) -> bool:
    changed = {name.lower() for name in sent.parameters}
    return sent.exchange.status == HTTPStatus.FORBIDDEN and "authorization" in changed


def _query(sent: Sent) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(sent.exchange.url).query, keep_blank_values=True)


def _claims_json(request: Exchange) -> bool:
    types = [value for name, value in request.request_headers if name.lower() == "content-type"]
    return any("json" in value.lower() for value in types)


def _is_json(body: bytes) -> bool:
    """Whether Python reads it; more than 4300 digits and very deep nesting are refused like broken text."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


NOISE = (
    Noise("429, and 503 with Retry-After, say that the service is busy and nothing else", is_busy),
    Noise("the server refused bytes that are no HTTP request; the application never saw them", is_no_http),
    Noise(
        "FastAPI answers 400 to a JSON body that Python cannot decode, everywhere, and documents it nowhere",
        is_undecodable_json,
        frozenset({"status_code_conformance"}),
    ),
    Noise(
        "pydantic's lax mode takes true for 1, a text for its number, 1 for true, a number for a date",
        is_lax_body,
        frozenset({"negative_data_rejection"}),
    ),
    Noise(
        "of a scalar query parameter sent twice every framework takes one",
        is_repeated_scalar,
        frozenset({"negative_data_rejection"}),
    ),
    Noise(
        "a query is text: every value in it is a text, and pydantic reads on, yes, 1 … as booleans",
        is_readable_query,
        frozenset({"negative_data_rejection"}),
    ),
    Noise(
        "an answer without a body has nothing whose type matters, whatever header a framework puts beside it",
        is_bodyless,
        frozenset({"content_type_conformance"}),
    ),
    Noise(
        "whoever asks for some fields gets some: the document describes all",
        has_chosen_fields,
        frozenset({"response_schema_conformance"}),
    ),
    Noise(
        "a schema says which credentials are well formed, not which exist or are still free",
        is_credentials,
        frozenset({"positive_data_acceptance"}),
    ),
    Noise(
        "pydantic's EmailStr refuses domains that are reserved, which the format email allows",
        has_reserved_address,
        frozenset({"positive_data_acceptance"}),
    ),
    Noise(
        "403 without credentials is judged by the clauses of authentication, with a control beside it",
        is_forbidden,
        frozenset({"missing_required_header"}),
    ),
)
