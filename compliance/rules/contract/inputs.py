"""What the document says of requests, held against what the service takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.deviations import Deviation, path_values
from compliance.contract.model import Contract, Operation
from compliance.contract.shapes import says_nothing
from compliance.rules.contract.evidence import prove_working
from compliance.rules.contract.requests import REFUSALS, Judged, judged, of_accounts, reading_of
from compliance.target.altering import Altered, accepted, drop, put, send_altered
from compliance.target.denials import is_denied
from compliance.target.reach import Target
from compliance.target.wire import SAFE_METHODS
from compliance.traffic.lax import has_lax_reading

#: Suspects of one operation that are sent again.
_SUSPECTS = 3
_NO_SUCH_PATH = 404
#: By how much a page is too large, and the like: a service may correct it silently.
_LIMITS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
#: What makes a text more than any text.
_NARROW = frozenset({"enum", "pattern", "format", "minLength", "maxLength", "const"})
#: No text that anything but free text could be.
_PLAIN = "~"


def constrained(contract: Contract) -> Iterable[Operation]:
    """Operations whose document forbids anything that may be tried: in a described JSON body, or in what a GET is asked with."""
    return [operation for operation in contract.operations if _forbids(contract, operation)]


def _forbids(contract: Contract, operation: Operation) -> bool:
    body, resolver = operation.body, contract.resolver
    if body is not None and body.is_json and not says_nothing(resolver, body.schema):
        return True
    return operation.method in SAFE_METHODS and any(
        one.location in ("path", "query")
        and (resolver.type_of(one.schema) != "string" or set(one.schema) & _NARROW)
        for one in operation.parameters
    )


@rule(
    "CON-005",
    "Data outside the schema is refused",
    level=Level.MUST,
    subjects=constrained,
    phase=Phase.TAPE,
)
def invalid_data_is_refused(target: Target, operation: Operation) -> None:
    """
    Why: what the document forbids was never thought of by those who wrote the code behind it.

    Breaks: `data = await request.json()` under a schema that says which fields there are

    Conforms: `data: ProductCreate`, whose limits are the ones that the document shows
    """
    sent = judged(target, operation)
    wrong = [(one, dev) for one in sent if (dev := _real(target, operation, one)) is not None]
    suspects: dict[tuple[object, ...], tuple[Judged, Deviation]] = {}
    for one, deviation in wrong:
        if accepted(one.exchange):
            suspects.setdefault((deviation.location, deviation.way, deviation.keyword), (one, deviation))
    doubts = 0
    for one, deviation in list(suspects.values())[:_SUSPECTS]:
        doubts += 1
        _confirm(target, operation, one, deviation)
    if doubts:
        raise Untested(
            "what was accepted although it is invalid was refused, or not decided, when it was sent again"
        )
    prove_working(target, operation)
    if not any(_is_refused(one, deviation) for one, deviation in wrong):
        raise Untested(
            "nothing that the document forbids was sent to this operation, or it never came to that"
        )


def _is_refused(one: Judged, deviation: Deviation) -> bool:
    status = one.exchange.status
    return status in REFUSALS or (deviation.location == "path" and status == _NO_SUCH_PATH)


def _real(target: Target, operation: Operation, one: Judged) -> Deviation | None:
    """The first deviation of a request that no framework corrects by design."""
    left = [dev for dev in one.deviations if not _is_corrected(target, operation, dev)]
    if not left:
        return None
    if all(dev.location == "body" for dev in left) and _is_lax(target, operation, one.body):
        return None
    return left[0]


def _is_lax(target: Target, operation: Operation, body: Any) -> bool:
    reading = reading_of(target)
    return has_lax_reading(body, lambda value: len(reading.known(operation, value)))


def _is_corrected(target: Target, operation: Operation, deviation: Deviation) -> bool:
    """A page that is too large, nothing for a field that may be left out."""
    listing = next((one for one in target.contract.lists if one.operation is operation), None)
    paging = (listing.page, listing.size, listing.offset, listing.cursor) if listing else ()
    if deviation.location == "query":
        return deviation.keyword in _LIMITS and deviation.way[0] in paging
    if deviation.location == "body" and deviation.value is None and deviation.keyword != "required":
        return deviation.way not in _required(target, operation)
    return deviation.keyword in ("not", "false", "falseSchema")


def _required(target: Target, operation: Operation) -> list[tuple[str, ...]]:
    if operation.body is None:
        return []
    return [(name,) for name in target.contract.resolver.required(operation.body.schema)]


def _confirm(target: Target, operation: Operation, one: Judged, deviation: Deviation) -> None:
    """Raises Violation where what was accepted is accepted again, by itself and beside its control."""
    cause = "what the schema forbids is accepted"
    expected = "a client error"
    if deviation.location != "body":
        if operation.method in SAFE_METHODS and _names_only_this(target, operation, one):
            control = next(
                (o.exchange for o in judged(target, operation) if not o.deviations and accepted(o.exchange)),
                None,
            )
            again = target.client.repeat(one.exchange) if control else None
            if control and again and accepted(again) and not is_denied(again, control):
                said = (
                    f"{again.status} to {deviation.location} {deviation.place}: {_short(deviation.message)}"
                )
                raise Violation(cause, expected, said, [control, again])
        return
    if operation in of_accounts(target.contract):
        return
    tried = _sent_again(target, operation, one, deviation)
    if tried is None or not accepted(tried.altered) or is_denied(tried.altered, tried.control):
        return
    still = reading_of(target).known(operation, tried.body)
    if still and not _is_lax(target, operation, tried.body):
        said = f"{tried.altered.status} to {still[0].place}: {_short(still[0].message)}"
        raise Violation(cause, expected, said, [tried.control, tried.altered])


def _sent_again(target: Target, operation: Operation, one: Judged, deviation: Deviation) -> Altered | None:
    """A valid body with this deviation alone, as plain as it can be: no conversion makes an object of a text, or a date of `~`."""
    if deviation.keyword == "required":
        return send_altered(target, operation, one.exchange, drop(deviation.way))
    if deviation.keyword == "additionalProperties":
        return send_altered(target, operation, one.exchange, put((*deviation.way, "compliance_unknown"), "1"))
    value = deviation.value
    if deviation.keyword == "format":
        value = _PLAIN
    elif deviation.keyword in ("type", "anyOf") and value is not None:
        value = _of_another_kind(target, operation, deviation)
    return send_altered(target, operation, one.exchange, put(deviation.way, value))


def _of_another_kind(target: Target, operation: Operation, deviation: Deviation) -> Any:
    """An object where a plain value belongs, a text where an object or a list does; else what stood there."""
    reading = reading_of(target)
    others: tuple[Any, ...] = ({}, _PLAIN, [[]])
    for value in others:
        body: Any = value
        for step in reversed(deviation.way):
            body = {step: body} if isinstance(step, str) else [body]
        found = reading.known(operation, body)
        if any(fault.way == deviation.way and fault.keyword in ("type", "anyOf") for fault in found):
            return value
    return deviation.value


def _names_only_this(target: Target, operation: Operation, one: Judged) -> bool:
    """Whether the path is no other operation's, which may have answered in its place."""
    path = target.client.below(one.exchange.url).partition("?")[0]
    others = [o for o in target.contract.operations if o is not operation and o.method == operation.method]
    return not any(path_values(other, path) is not None for other in others)


def _short(message: str) -> str:
    return message if len(message) <= 100 else f"…{message[-99:]}"
