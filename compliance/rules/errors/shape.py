"""The one form that all errors have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation, Service
from compliance.contract.resolve import mapping
from compliance.contract.subjects import service
from compliance.target.reach import Target
from compliance.target.tape import Exchange

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
    answers = [e for e in target.tape if e.method != "HEAD" and e.operation not in files]
    errors = [e for e in answers if e.status >= 400 and not e.busy and not _is_of_oauth(target.contract, e)]
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


def _speaks_json(operation: Operation) -> bool:
    """Whether the operation answers JSON as far as the document says: pictures and documents are another matter."""
    kinds = [kind for response in operation.responses.values() for kind in response.media_types]
    return not kinds or any("json" in kind for kind in kinds)


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
    if "json" not in error.media_type:
        return f"not JSON but {error.media_type or 'a body without a type'}"
    try:
        body = error.json()
    except Untested:
        return "not readable as JSON"
    return body if isinstance(body, Mapping) else "not an object"
