"""Valid requests that are refused as if they were not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.deviations import path_values
from compliance.contract.inputs import inputs_of
from compliance.contract.model import Contract, Operation
from compliance.contract.paths import vocabulary, words
from compliance.rules.contract.evidence import prove_working, trials_of
from compliance.rules.contract.inputs import constrained
from compliance.rules.contract.requests import Judged, judged, of_accounts, reading_of
from compliance.target.altering import accepted, put, send_altered
from compliance.target.reach import Target
from compliance.target.wire import SAFE_METHODS

#: The refusals of what is malformed; all others may be about the state of things.
_MALFORMED = frozenset({400, 422})
#: Values of one operation that are tried by themselves.
_TRIED = 4
#: Texts up to here, and numbers up to there, are such as somebody might send.
_LONGEST, _LARGEST = 1000, 2**31
#: Words of a name whose value is bound to another field, to another row, or to what the service handed out.
_BOUND = vocabulary(
    "id ids uuid key ref reference parent code token cursor after before next state hash signature slug start end from to "
    "min max begin until since first last low high lower upper currency country locale language timezone"
)


def trials_for(contract: Contract) -> Iterable[Operation]:
    """Operations with something to be right or wrong, but those that make accounts."""
    makers = of_accounts(contract)
    return [operation for operation in constrained(contract) if operation not in makers]


@rule(
    "CON-006",
    "Data inside the schema is accepted",
    level=Level.SHOULD,
    subjects=trials_for,
    phase=Phase.TAPE,
)
def valid_data_is_accepted(target: Target, operation: Operation) -> None:
    """
    Why: nobody can write a client against a constraint that the document does not have.

    Breaks: `name: str` with a validator that refuses names of two letters

    Conforms: `name: Annotated[str, Field(min_length=3)]`
    """
    sent = judged(target, operation)
    taken = [one for one in sent if accepted(one.exchange)]
    # Only the engine knows that what it sent is valid: much that the kit cannot call invalid is no more than lenient.
    valid = {id(trial.exchange) for trial in trials_of(target, operation) if trial.positive}
    refused = [
        one
        for one in sent
        if id(one.exchange) in valid and not one.deviations and one.exchange.status in _MALFORMED
    ]
    tried: set[tuple[str, str]] = set()
    for one in refused:
        for name, value in _values(target, operation, one):
            if any(_has(other, name, value) for other in taken) or (name, repr(value)) in tried:
                continue
            if len(tried) < _TRIED:
                tried.add((name, repr(value)))
                _try_alone(target, operation, one, name, value, taken)
    prove_working(target, operation)
    if not any(trial.positive and trial.exchange.ok for trial in trials_of(target, operation)):
        raise Untested("no valid data that was made up succeeded, and none was shown to be refused wrongly")


def _values(target: Target, operation: Operation, one: Judged) -> Iterator[tuple[str, Any]]:
    """The values that a refusal may be about: of plain fields, plain themselves."""
    if isinstance(one.body, dict):
        reasons = {field.path: field for field in inputs_of(operation, target.contract.resolver)}
        for name, value in one.body.items():
            known = reasons.get((name,))
            if known is None or known.unique or known.privileged or known.owner or known.secret:
                continue
            schema = target.contract.resolver.at(operation.body.schema if operation.body else {}, (name,))
            if _is_plain(name, value, schema):
                yield name, value
    elif operation.method in SAFE_METHODS:
        listing = next((one for one in target.contract.lists if one.operation is operation), None)
        paging = (listing.page, listing.size, listing.offset, listing.cursor) if listing else ()
        for name, value in parse_qsl(urlsplit(one.exchange.url).query, keep_blank_values=True):
            parameter = operation.query(name)
            if parameter and name not in paging and _is_plain(name, value, parameter.schema):
                yield name, value


def _is_plain(name: str, value: Any, schema: Any) -> bool:
    """Whether a value is one that anybody might send, and that stands for itself."""
    if (
        set(words(name)) & _BOUND
        or "format" in schema
        or any("format" in one for one in schema.get("anyOf") or ())
    ):
        return False
    if isinstance(value, str):
        numeric = {one.get("type") for one in schema.get("anyOf") or ()} & {"number", "integer"}
        if numeric:
            return False  # a text beside a number is how a number may be written, which no keyword can say
        return len(value) <= _LONGEST and value.isprintable()
    if isinstance(value, float) and value.is_integer():
        return False  # JSON Schema takes 3.0 for an integer, a strict number in Python does not
    return isinstance(value, bool | int | float) and abs(value) < _LARGEST


def _has(one: Judged, name: str, value: Any) -> bool:
    """Whether a request that was taken had this very value, so that it is not the value that is refused."""
    if isinstance(one.body, dict):
        return name in one.body and one.body[name] == value
    return (name, value) in parse_qsl(urlsplit(one.exchange.url).query, keep_blank_values=True)


def _try_alone(
    target: Target, operation: Operation, one: Judged, name: str, value: Any, taken: list[Judged]
) -> None:
    """Raises Violation where this value alone makes a valid request one that is refused."""
    expected, said = "success", f"to {name} = {_short(value)}, which the schema allows"
    if isinstance(one.body, dict):
        tried = send_altered(target, operation, one.exchange, put((name,), value))
        if tried is None or not reading_of(target).allows(operation, tried.body):
            return
        control, again = tried.control, tried.altered
    else:
        good = next((other.exchange for other in taken if not other.deviations), None)
        values = path_values(operation, target.client.below(one.exchange.url).partition("?")[0])
        who = target.actors.get(one.exchange.actor)
        if good is None or values is None or who is None or not who.proven:
            return
        control, again = good, target.call(operation, who, values, params={name: value})
    if again.status in _MALFORMED:
        cause = "what the schema allows is refused"
        raise Violation(cause, expected, f"{again.status} {said}", [control, again])


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
