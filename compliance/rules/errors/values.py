"""Values in bodies: those that cannot be kept, and those that are not there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.fields import body_fields, is_secret
from compliance.contract.model import Contract, FieldPath, Operation
from compliance.contract.paths import normal
from compliance.rules.errors.bodies import takes_an_object
from compliance.target import odd
from compliance.target.births import answered
from compliance.target.complaints import complaints, fields_of
from compliance.target.hostile import Attempt
from compliance.target.reach import Target
from compliance.target.tape import Exchange

#: How deep a field is looked for in an answer.
_DEPTH = 3


def takes_values(contract: Contract) -> Iterable[Operation]:
    """Operations that take free texts or numbers, other than passwords."""
    shapes = [(one, odd.shape(contract.resolver, one)) for one in takes_an_object(contract)]
    return [operation for operation, shape in shapes if shape.texts or shape.numbers]


def with_required_fields(contract: Contract) -> Iterable[Operation]:
    """Operations whose bodies must have some field."""
    bodies = [o for o in contract.operations if o.body and (o.body.is_json or _is_form(o))]
    return [operation for operation in bodies if odd.required_fields(contract.resolver, operation)]


def _is_form(operation: Operation) -> bool:
    return any("urlencoded" in kind for kind in (operation.body.media_types if operation.body else ()))


@rule(
    "ERR-009",
    "A value that cannot be stored is refused",
    level=Level.SHOULD,
    subjects=takes_values,
    phase=Phase.DESTRUCTIVE,
    needs={Need.WRITES},
)
def unstorable_values_are_refused(target: Target, operation: Operation) -> None:
    """
    Why: what comes back as something else was lost, and nobody was told.

    Breaks: `price: float`, which takes NaN and answers null

    Conforms: `price: FiniteFloat`, and `pattern=r"^[^\\x00]*$"` for texts
    """
    tried = target.hostile.on(operation)
    values = [one for one in tried.of(*odd.UNSTORABLE) if not is_secret(one.odd.path[-1])]
    doubts = []
    for attempt in values:
        if tried.accepts(attempt):
            doubts.append(_must_come_back(target, attempt))
        elif not 400 <= attempt.exchange.status < 500 and not attempt.exchange.ok:
            doubts.append(f"{attempt.exchange}: {attempt.odd.kind} is neither accepted nor refused")
    if doubt := next(filter(None, doubts), ""):
        raise Untested(doubt)
    if not values:
        raise Untested(f"no such value was answered by {operation.label}")


def _must_come_back(target: Target, attempt: Attempt) -> str:
    """Why nothing shows what became of a value that was accepted; empty where it came back. Raises Violation."""
    shows = _reading(target, attempt)
    field, value = attempt.odd.path[-1], attempt.odd.value
    found = _named(answered(shows), field)
    if not shows.ok or not found:
        return f"{shows}: {attempt.odd.kind} is accepted, and nothing shows what became of it"
    kept = found[0]
    if isinstance(value, str):
        same = isinstance(kept, str) and value in kept
    else:
        same = str(kept).lower() in ("nan", "inf", "infinity") or (
            isinstance(kept, float) and not math.isfinite(kept)
        )
    if not same:
        raise Violation(
            f"{attempt.odd.kind} is accepted and changed",
            "a client error, or the value as it was sent",
            f"{field} came back without it",
            [attempt.exchange, *([shows] if shows is not attempt.exchange else [])],
        )
    return ""


def _reading(target: Target, attempt: Attempt) -> Exchange:
    """What its owner reads of a row that was created; else the answer itself."""
    row = target.ledger.made_by(attempt.exchange)
    if row is None or row.account or row.resource.read is None or not row.path:
        return attempt.exchange
    values = target.path_values(row.resource.read, row.owner) | dict(row.values)
    return target.call(row.resource.read, row.owner, values)


def _named(body: Any, name: str, depth: int = _DEPTH) -> list[Any]:
    """The values of the fields of that name, the outermost first."""
    if not isinstance(body, Mapping) or not depth:
        return []
    here = [value for key, value in body.items() if normal(str(key)) == normal(name)]
    return here + [value for inner in body.values() for value in _named(inner, name, depth - 1)]


@rule(
    "ERR-010",
    "A validation error names the field",
    level=Level.SHOULD,
    subjects=with_required_fields,
    phase=Phase.DESTRUCTIVE,
    needs={Need.WRITES},
)
def validation_errors_name_the_field(target: Target, operation: Operation) -> None:
    """
    Why: a client shows the message beside the field that it is about.

    Breaks: `return JSONResponse({"detail": "Validation failed"}, 422)`

    Conforms: `{"detail": [{"loc": ["body", "email"], "msg": "Field required", "type": "missing"}]}`
    """
    known = tuple(path for path, _ in body_fields(target.contract.resolver, operation.body))
    attempts = target.hostile.on(operation).of(odd.MISSING)
    told = [one for one in attempts if one.exchange.status in (400, 422)]
    for attempt in told:
        if not _is_named(attempt.exchange, attempt.odd.path, known):
            raise Violation(
                "a validation error does not name the field",
                f"an answer that names {'.'.join(attempt.odd.path)}, which was left out",
                f"{attempt.exchange.status} without it",
                [attempt.exchange],
            )
    if len(told) < len(attempts):
        other = next(one for one in attempts if one not in told)
        raise Untested(
            f"{other.exchange}: {'.'.join(other.odd.path)} was left out, and the answer is neither 400 nor 422"
        )


def _is_named(answer: Exchange, path: FieldPath, known: tuple[FieldPath, ...]) -> bool:
    if normal(path[-1]) in normal(answer.text):
        return True
    return any(path in fields_of(complaint, known) for complaint in complaints(answer))
