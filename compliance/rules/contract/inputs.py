"""What the document says of requests, held against what the service takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.deviations import Deviation, path_values
from compliance.contract.fields import body_fields
from compliance.contract.model import Contract, Operation
from compliance.contract.shapes import says_nothing, takes_json
from compliance.rules.contract.evidence import prove_working
from compliance.rules.contract.requests import Judged, judged, of_doors, reading_of
from compliance.target.altering import Altered, accepted, drop, put, send_altered
from compliance.target.client import SAFE_METHODS
from compliance.target.reach import Target
from compliance.traffic.lax import has_lax_reading

#: Suspects of one operation that are sent again.
_SUSPECTS = 3
#: How a service refuses what is wrong in a body, a query or a header, and in a path.
_REFUSALS = frozenset({400, 406, 413, 414, 415, 422})
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
    return status in _REFUSALS or (deviation.location == "path" and status == _NO_SUCH_PATH)


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
    return has_lax_reading(body, lambda value: len(reading.of_body(operation, value) or ()))


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
            if control and again and accepted(again):
                said = (
                    f"{again.status} to {deviation.location} {deviation.place}: {_short(deviation.message)}"
                )
                raise Violation(cause, expected, said, [control, again])
        return
    if of_doors(target, operation):
        return
    tried = _sent_again(target, operation, one, deviation)
    if tried is None or not accepted(tried.altered):
        return
    still = reading_of(target).of_body(operation, tried.body)
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
        found = reading.of_body(operation, body) or []
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


# -- CON-012 ---------------------------------------------------------------------------------------------------


def takes_numbers(contract: Contract) -> Iterable[Operation]:
    """Operations with a number in a JSON body, but those by which one gets in."""
    doors = [way.operation for way in contract.logins] + [way.operation for way in contract.registrations]
    return [one for one in takes_json(contract) if one not in doors and any(_numbers(contract, one))]


def _numbers(contract: Contract, operation: Operation) -> Iterator[tuple[str, ...]]:
    """The ways to the fields that take a number, and no boolean."""
    for path, schema in body_fields(contract.resolver, operation.body):
        options = [schema, *(schema.get("anyOf") or ()), *(schema.get("oneOf") or ())]
        kinds = {contract.resolver.type_of(one) for one in options}
        if kinds & {"integer", "number"} and "boolean" not in kinds:
            yield path


@rule(
    "CON-012",
    "A boolean is not taken for a number",
    level=Level.SHOULD,
    subjects=takes_numbers,
    phase=Phase.TAPE,
)
def booleans_are_no_numbers(target: Target, operation: Operation) -> None:
    """
    Why: a price of `true` is stored as 1, and nobody learns of the client's mistake.

    Breaks: `price: int`

    Conforms: `price: StrictInt`, or `Annotated[int, Field(strict=True)]`
    """
    refused = None
    for one in judged(target, operation):
        for way in _numbers(target.contract, operation):
            value = _at(one.body, way)
            if not isinstance(value, bool) or not _would_be_valid(target, operation, one.body, way):
                continue
            if accepted(one.exchange):
                _confirm_boolean(target, operation, one, way)
            elif one.exchange.status in _REFUSALS:
                refused = one
    prove_working(target, operation)
    if refused is None:
        _try_true(target, operation)


def _try_true(target: Target, operation: Operation) -> None:
    """`true` in a body that is valid but for it. Raises Untested where none of the numbers may be 1."""
    like = next(
        (one for one in judged(target, operation) if accepted(one.exchange) and not one.deviations), None
    )
    if like is None or operation.method not in ("POST", "PUT", "PATCH"):
        raise Untested("no valid body of this operation was accepted")
    for way in _numbers(target.contract, operation):
        if not _would_be_valid(target, operation, _with(like.body, way, True), way):
            continue
        tried = send_altered(target, operation, like.exchange, put(way, True))
        if tried is None:
            continue
        _condemn(tried, way)
        if tried.altered.status in _REFUSALS:
            return
    raise Untested("none of its numbers was to be had as a boolean that stands for a valid one")


def _confirm_boolean(target: Target, operation: Operation, one: Judged, way: tuple[str, ...]) -> None:
    tried = send_altered(target, operation, one.exchange, put(way, _at(one.body, way)))
    if tried is not None:
        _condemn(tried, way)


def _condemn(tried: Altered, way: tuple[str, ...]) -> None:
    if accepted(tried.altered):
        raise Violation(
            "a boolean is taken for a number",
            "a client error",
            f"{tried.altered.status} to {'.'.join(way)}: {str(_at(tried.body, way)).lower()}",
            [tried.control, tried.altered],
        )


def _would_be_valid(target: Target, operation: Operation, body: Any, way: tuple[str, ...]) -> bool:
    """Whether the number that the boolean stands for is a valid one, so that a refusal is one of the boolean."""
    value = _at(body, way)
    if not isinstance(value, bool):
        return False
    return reading_of(target).of_body(operation, _with(body, way, int(value))) == []


def _at(body: Any, way: tuple[str, ...]) -> Any:
    for step in way:
        body = body.get(step) if isinstance(body, dict) else None
    return body


def _with(body: Any, way: tuple[str, ...], value: Any) -> Any:
    if not way:
        return value
    return {**body, way[0]: _with(body.get(way[0], {}), way[1:], value)} if isinstance(body, dict) else body
