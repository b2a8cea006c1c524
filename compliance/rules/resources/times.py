"""Times in answers, and those that tell of the life of an object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation, Resource
from compliance.contract.subjects import created_resources
from compliance.target.biography import Biography, Change, biography, settable
from compliance.target.moments import created, date_of, has_form, has_offset, is_created, is_updated, moment
from compliance.target.moments import updated as updated_of
from compliance.target.reach import Target
from compliance.target.tape import Exchange

#: How far the time of a create may be from the clock that the service itself shows.
_CLOSE = timedelta(minutes=10)
#: The same where a time does not say its offset, which is at most 14 hours.
_SAME_DAY = timedelta(hours=15)
#: Two clocks look at one create: the database's and the service's.
_AT_ONCE = timedelta(seconds=1)
#: Seconds after which a time of whole seconds has moved.
_A_SECOND = 1.1
#: How deep the objects of an answer are looked through.
_DEPTH = 4


def timed(contract: Contract) -> Iterable[Operation]:
    """Operations whose documented answer holds times."""
    return [one for one in contract.operations if _documented(contract, one)]


@rule(
    "RES-018",
    "A time carries its offset",
    level=Level.SHOULD,
    subjects=timed,
    phase=Phase.TAPE,
    needs={Need.USER},
)
def time_carries_its_offset(target: Target, operation: Operation) -> None:
    """
    Why: a time without an offset is read as another moment by everybody who lives elsewhere.

    Breaks: `datetime.utcnow()`, or a column that forgets the zone

    Conforms: `datetime.now(UTC)` and `DateTime(timezone=True)`
    """
    paths, seen = _documented(target.contract, operation), False
    for exchange in target.tape:
        if exchange.operation != operation.label or not exchange.ok:
            continue
        for path in paths:
            for text in _texts_at(exchange.value, path):
                name = path[-1]
                if not has_form(text):
                    raise Violation(
                        "a time is not of the form of RFC 3339",
                        "2026-01-31T12:00:00Z",
                        f"{name} is {text[:40]!r}",
                        [exchange],
                    )
                if not has_offset(text):
                    raise Violation(
                        "a time has no offset", "Z or an offset at the end", f"{name} is {text}", [exchange]
                    )
                seen = True
    if not seen:
        raise Untested(f"no answer of {operation.label} held a time")


@rule(
    "RES-019",
    "The times of an object follow its life",
    level=Level.SHOULD,
    subjects=created_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def times_follow_the_life(target: Target, resource: Resource) -> None:
    """
    Why: caches, synchronisation and audits ask when something was made and changed, and believe the answer.

    Breaks: `updated_at: Mapped[datetime] = mapped_column(default=utcnow)`, which no update moves

    Conforms: `mapped_column(default=utcnow, onupdate=utcnow)`
    """
    life = biography(target, resource)
    first = life.at_rest[0]
    offered = set(settable(target, resource.create)) if resource.create else set()
    begun, changed = created(first.own), updated_of(first.own)
    # What is written in another form is no time that could be compared; null is until the first update.
    has_update_time = any(
        is_updated(name) and (value is None or moment(value)) for name, value in first.own.items()
    )
    if begun is None and not has_update_time:
        raise NotApplicable("the object shows no times of its life")
    if begun is not None and not any(map(is_created, offered)):
        _must_be_close(life.born.exchange, first.look, begun)
    if begun is not None and changed is not None and not any(map(is_updated, offered)):
        _must_not_be_earlier(begun, changed, first.look)
    effective = [change for change in life.changes if change.effective] if resource.updates else []
    for change in effective:
        _must_stay(change, begun)
        if has_update_time and not any(map(is_updated, change.sent)):
            _must_move(life, change)
    if begun is None and not effective:
        raise Untested("; ".join(life.reasons) if resource.updates else "nothing updates the object")


def _must_be_close(birth: Exchange, look: Exchange, begun: str) -> None:
    """Raises Violation where the time of creation is not that of the create, by the clock of the service."""
    clock, told = date_of(birth.header("date")), moment(begun)
    if clock is None or told is None:
        return
    if abs(told - clock) > (_CLOSE if has_offset(begun) else _SAME_DAY):
        raise Violation(
            "the time of creation is not that of the create",
            f"about {clock.isoformat()}, which the service's own Date says",
            begun,
            [birth, look],
        )


def _must_not_be_earlier(begun: str, changed: str, look: Exchange) -> None:
    one, other = moment(begun), moment(changed)
    if one and other and has_offset(begun) == has_offset(changed) and other < one - _AT_ONCE:
        raise Violation("an update is earlier than the create", f"{begun} or later", changed, [look])


def _must_stay(change: Change, begun: str | None) -> None:
    now = created(change.after.own)
    if begun is not None and now is not None and moment(now) != moment(begun):
        proof = [change.before.look, change.answer, change.after.look]
        raise Violation("an update changes the time of creation", begun, now, proof)


def _must_move(life: Biography, change: Change) -> None:
    """Raises Violation where the time of the last update stays, also when time enough for its resolution has gone by."""
    if _has_moved(change):
        return
    life.target.client.rest(_A_SECOND)
    again = life.changed_once(change.update, life.look())
    if not again.effective:
        raise Untested(f"{again.answer}: it changed something once, and not when it was tried again")
    if not _has_moved(again):
        raise Violation(
            "an update does not move the time of the last update",
            f"later than {updated_of(again.before.own)}",
            str(updated_of(again.after.own)),
            [again.before.look, again.answer, again.after.look],
        )


def _has_moved(change: Change) -> bool:
    before, after = moment(updated_of(change.before.own)), moment(updated_of(change.after.own))
    return after is not None and (before is None or after > before)


def _documented(contract: Contract, operation: Operation) -> list[tuple[str, ...]]:
    """The ways to the fields of an answer that the document says are times."""
    if operation.success is None or operation.success.schema is None:
        return []
    fields = contract.resolver.walk(operation.success.schema, depth=_DEPTH, into_arrays=True)
    return [path for path, schema in fields if schema.get("format") == "date-time"]


def _texts_at(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    """The texts at a way through objects and the items of arrays."""
    if isinstance(value, list):
        for item in value:
            yield from _texts_at(item, path)
    elif path and isinstance(value, Mapping):
        yield from _texts_at(value.get(path[0]), path[1:])
    elif not path and isinstance(value, str) and value:
        yield value
