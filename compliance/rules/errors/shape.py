"""The one form that all errors have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation, Service
from compliance.contract.operations import METHODS
from compliance.contract.paths import segments
from compliance.contract.resolve import mapping
from compliance.contract.subjects import service
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.unknown import common_prefix

#: Errors on which a shape can be called the service's own.
ENOUGH = 3


@rule("ERR-002", "Every error has one shape", level=Level.MUST, subjects=service, phase=Phase.TAPE)
def errors_have_one_shape(target: Target, _: Service) -> None:
    """
    Why: a client can handle errors in one place only if they look alike wherever they come from.

    Breaks: a handler for `fastapi.HTTPException`, which leaves the framework's own 404 and 405 as they are

    Conforms: handlers for `starlette.exceptions.HTTPException`, `RequestValidationError` and `Exception`
    """
    files = {operation.label for operation in target.contract.operations if not _speaks_json(operation)}
    answers = [e for e in target.tape if _is_for_clients(e) and e.operation not in files]
    errors = [e for e in answers if e.status >= 400 and not e.busy and not _is_of_oauth(target.contract, e)]
    errors = [e for e in errors if not _is_of_a_web_server(target, e)]
    if (
        len({error.status for error in errors}) < 2
        or len(errors) < ENOUGH
        or not any(e.ok for e in target.tape)
    ):
        raise Untested("too few kinds of errors were answered to speak of a shape")
    flawed = [error for error in errors if isinstance(_shape(error), str)]
    if 2 * len(flawed) > len(errors):
        raise Violation(
            "errors are no JSON objects",
            "a JSON object with the same fields",
            str(_shape(flawed[0])),
            flawed[:1],
        )
    common = next(
        iter(Counter(name for error in errors for name in _telling(error)).most_common(1)), ("", 0)
    )[0]
    for error in errors:
        if common not in _telling(error):
            shape = _shape(error)
            raise Violation(
                f"the error {error.status} has a shape of its own",
                f"an object with {common or 'a text'}, as other errors have",
                shape if isinstance(shape, str) else f"the fields {', '.join(sorted(shape)) or '(none)'}",
                [error],
            )


@rule(
    "ERR-005",
    "An error is declared as the JSON that it is",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.TAPE,
)
def errors_are_declared_as_json(target: Target, _: Service) -> None:
    """
    Why: clients read a body by its type, and a browser renders what is called HTML.

    Breaks: `Response(json.dumps({"detail": "Not found"}), 404)`, which has no type

    Conforms: `JSONResponse({"detail": "Not found"}, 404)`
    """
    errors = [e for e in target.tape if e.status >= 400 and not e.busy and e.method != "HEAD" and _is_json(e)]
    if len({error.status for error in errors}) < 2 or not any(e.ok for e in target.tape):
        raise Untested("too few kinds of errors were answered with JSON to speak of their types")
    for error in errors:
        kind = error.media_type
        if not kind.endswith(("/json", "+json")):
            observed = f"{kind or 'no type'}, of an error {error.status}"
            raise Violation("an error of JSON has another type", "application/json", observed, [error])


def _is_for_clients(answer: Exchange) -> bool:
    """Whether a client could read it: no browser shows the body of a preflight, and nobody asks for a host that is not there.

    What guards the names of hosts stands before the service, and speaks of it to nobody but an intruder. A method that HTTP
    does not have is refused by many a server before the service hears of it, as a request that it cannot read.
    """
    asked = {name.lower(): value for name, value in answer.request_headers}
    here = asked.get("host", urlsplit(answer.url).netloc) == urlsplit(answer.url).netloc
    known = answer.method.lower() in METHODS and answer.method != "HEAD"
    return here and known and not answer.is_preflight


def _is_json(error: Exchange) -> bool:
    """Whether the body is an object or a list of JSON: a word or a number may be a plain text as well."""
    return error.body.lstrip()[:1] in (b"{", b"[") and isinstance(error.value, dict | list)


def _speaks_json(operation: Operation) -> bool:
    """Whether the operation answers JSON as far as the document says: pictures and documents are another matter."""
    kinds = [kind for response in operation.responses.values() for kind in response.media_types]
    return not kinds or any("json" in kind for kind in kinds)


def _is_of_a_web_server(target: Target, error: Exchange) -> bool:
    """Whether it is a page for a path outside of the API, where a web server that stands before it may answer."""
    if error.operation or "html" not in error.media_type:
        return False
    paths = [segments(operation.path) for operation in target.contract.operations]
    depth = len(common_prefix(paths)) or 1  # without a prefix, what begins like none of its paths is outside
    here = segments(target.client.below(error.url).partition("?")[0])
    return here[:depth] not in [path[:depth] for path in paths]


def _is_of_oauth(contract: Contract, error: Exchange) -> bool:
    """Whether it is the error that RFC 6749 section 5.2 prescribes to a token endpoint, whatever others look like."""
    schemes = mapping(mapping(contract.document.get("components")).get("securitySchemes")).values()
    if not any(mapping(scheme).get("type") == "oauth2" for scheme in schemes):
        return False
    at_login = contract.login is not None and error.operation == contract.login.operation.label
    names = set(shape) if isinstance(shape := _shape(error), Mapping) else set()
    return at_login and "error" in names and names <= {"error", "error_description", "error_uri"}


def _telling(error: Exchange) -> list[str]:
    """The fields of an error that can say what is wrong: texts, and what holds them, but no mere numbers."""
    shape = _shape(error)
    return [] if isinstance(shape, str) else [n for n, v in shape.items() if isinstance(v, (str, list, dict))]


def _shape(error: Exchange) -> Mapping[str, Any] | str:
    """The fields of an error, or why it has none; problem+json (RFC 9457) counts as one field whatever it adds."""
    if error.media_type == "application/problem+json":
        return {"application/problem+json": ""}
    try:
        body = error.json()  # whatever its type says: that is ERR-005
    except Untested:
        kind = error.media_type or "a body without a type"
        return "not readable as JSON" if "json" in kind else f"not JSON but {kind}"
    return body if isinstance(body, Mapping) else "not an object"
