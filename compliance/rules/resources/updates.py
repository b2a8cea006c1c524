"""Updates that take effect: on what was sent, on nothing else, and once; and reads, which have none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.fields import body_fields
from compliance.contract.inputs import inputs_of
from compliance.contract.model import Resource
from compliance.contract.paths import normal
from compliance.contract.subjects import created_resources, owned_resources
from compliance.target.biography import Biography, Change, State, biography, settable
from compliance.target.moments import updated
from compliance.target.reach import Target
from compliance.target.tidying import alike, comes_back, rewritten

#: What a field says that was left out of a PUT which replaces the whole.
_EMPTY: tuple[Any, ...] = (None, "", 0, False, [], {})
#: Characters of a text that is hardly in another by chance.
_TELLING = 4


@rule(
    "RES-006",
    "An update takes effect",
    level=Level.MUST,
    subjects=owned_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def update_takes_effect(target: Target, resource: Resource) -> None:
    """
    Why: work that was confirmed and is lost is noticed when it is too late to do it again.

    Breaks: `session.expunge(product)` before the flush, or a commit that nobody awaits

    Conforms: `for name, value in changes.items(): setattr(product, name, value)` in a transaction that is committed
    """
    life = biography(target, resource)
    for change in _accepted(life):
        lost = _lost(target, change)
        if lost and change.answer.status != 202:
            raise Violation(
                "an update has no effect" if not change.effective else "an update loses a field",
                "the values sent",
                f"another {', '.join(lost)}",
                [change.answer, change.after.look],
            )
    if not any(change.effective for change in life.changes):
        raise Untested("; ".join(life.reasons))
    emptied = life.emptied
    if emptied is not None and _was_passed_over(emptied):
        raise Violation(
            "an update passes over nought or off",
            f"{emptied.sent[emptied.field]!r} in {emptied.field}",
            f"{emptied.field} as before, after {emptied.answer.status}",
            [emptied.answer, emptied.after.look],
        )


def _was_passed_over(change: Change) -> bool:
    """Whether a value was confirmed and the one from before is still there; another one is the service's own choice."""
    before, after = change.before.plain.get(change.field), change.after.plain.get(change.field)
    return change.accepted and change.answer.status != 202 and not change.effective and alike(before, after)


@rule(
    "RES-007",
    "An update leaves alone what was not sent",
    level=Level.SHOULD,
    subjects=owned_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def update_leaves_the_rest_alone(target: Target, resource: Resource) -> None:
    """
    Why: whoever changes a name does not expect the description to go.

    Breaks: `data.model_dump()`, which has a None for all that was left out

    Conforms: `data.model_dump(exclude_unset=True)`; or a PUT whose schema requires the whole object
    """
    life = biography(target, resource)
    judged = False
    for change in _effective(life):
        for name in _left_out(target, life, change):
            judged = True
            was, now = change.before.own[name], change.after.own[name]
            if was != now and not (_replaces(target, change) and _is_default(target, resource, name, now)):
                raise Violation(
                    "an update changes what was not sent",
                    f"{name} as it was",
                    f"another {name}",
                    [change.before.look, change.answer, change.after.look],
                )
    if not judged:
        raise NotApplicable("no update leaves out a field that could be read back")


@rule(
    "RES-023",
    "A repeated PUT changes nothing more",
    level=Level.SHOULD,
    subjects=owned_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def repeated_put_changes_nothing(target: Target, resource: Resource) -> None:
    """
    Why: clients and proxies send a PUT again when they got no answer to the first.

    Breaks: `product.tags.extend(data.tags)`

    Conforms: `product.tags = data.tags`
    """
    life = biography(target, resource)
    if not any(update.method == "PUT" for update in resource.updates):
        raise NotApplicable("nothing is updated by PUT")
    repeated = [change for change in _effective(life) if change.again is not None]
    for change in repeated:
        if change.again is None or change.later is None:
            continue
        moved = [
            name for name in _moved(target, life, change.after, change.later) if name not in life.restless
        ]
        if moved:
            raise Violation(
                "a repeated PUT changes more",
                "the same as after the first",
                f"another {', '.join(moved)}",
                [change.answer, change.after.look, change.again, change.later.look],
            )
    if not repeated:
        raise Untested("; ".join(life.reasons))


@rule(
    "RES-024",
    "Reading changes nothing",
    level=Level.SHOULD,
    subjects=created_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def reading_changes_nothing(target: Target, resource: Resource) -> None:
    """
    Why: crawlers, caches and previews read whatever they find; what they change nobody meant to change.

    Breaks: `product.views += 1` in a GET, which moves `updated_at` as every change does

    Conforms: counters kept beside the row, or an update of them that leaves its time alone
    """
    life = biography(target, resource)
    first, second = life.at_rest
    if not _watched(target, life, first):
        raise NotApplicable("the object shows nothing that a client may set")
    # Work that goes on after the create moves a row once; what every read does is seen again.
    if moved := _moved(target, life, first, second, times=True):
        third, fourth = life.look(), life.look()
        if set(moved) & set(_moved(target, life, third, fourth, times=True)):
            raise Violation(
                "reading changes the object",
                "the same twice",
                f"another {', '.join(moved)}",
                [third.look, fourth.look],
            )
        raise Untested(f"{', '.join(moved)} moved once, and not when it was read again")


def _accepted(life: Biography) -> Iterator[Change]:
    return (change for change in life.changes if change.accepted)


def _effective(life: Biography) -> list[Change]:
    """The updates that surely are updates. Raises Untested where there is none."""
    found = [change for change in life.changes if change.effective]
    if not found:
        raise Untested("; ".join(life.reasons))
    return found


def _lost(target: Target, change: Change) -> list[str]:
    """The fields that were sent and read otherwise: the one that was meant to change, and all that nobody tidies."""
    wrong = rewritten(target.contract.resolver, change.update, change.sent, change.after.own)
    known = [name for name in wrong if not _names_an_owner(name)]
    chosen = [change.field] if not change.effective and _is_free(target, change) else []
    return list(dict.fromkeys([*chosen, *known]))


def _is_free(target: Target, change: Change) -> bool:
    """Whether the field that was meant to change has no form in which a service may rightly show it instead."""
    schemas = dict(body_fields(target.contract.resolver, change.update.body))
    schema = next((schema for path, schema in schemas.items() if path[-1] == change.field), {})
    shown = change.after.plain.get(change.field)
    return comes_back(change.field, change.sent[change.field], shown, schema) is False


def _names_an_owner(name: str) -> bool:
    return normal(name) in ("owner", "author", "user", "username", "creator")


def _left_out(target: Target, life: Biography, change: Change) -> list[str]:
    """The fields that the update offers and that were not sent, as far as they rest and follow from nothing that was."""
    watched = set(_watched(target, life, change.before)) - life.restless - set(change.sent)
    return [
        name
        for name in settable(target, change.update)
        if name in watched and name in change.after.own and not _follows(change, name)
    ]


def _watched(target: Target, life: Biography, state: State) -> list[str]:
    """The fields of an object that clients set."""
    operations = [one for one in (life.resource.create, *life.resource.updates) if one is not None]
    inputs = [one for operation in operations for one in inputs_of(operation, target.contract.resolver)]
    special = {one.path[-1] for one in inputs if one.privileged or one.secret}
    offered = {name for operation in operations for name in settable(target, operation)}
    return [name for name in state.own if name in offered - special]


def _follows(change: Change, name: str) -> bool:
    """Whether a field is made of the one that was changed, before and after it, as a slug is of a title."""

    def is_made(state: State) -> bool:
        shape, other = normal(str(state.plain.get(change.field))), normal(str(state.own[name]))
        return min(len(shape), len(other)) >= _TELLING and (shape in other or other in shape)

    return is_made(change.before) and is_made(change.after)


def _replaces(target: Target, change: Change) -> bool:
    """Whether the update replaces the whole object: a PUT that requires something of it."""
    body, resolver = change.update.body, target.contract.resolver
    if change.update.method != "PUT" or body is None:
        return False
    names = tuple(resolver.properties(body.schema))
    wrapped = resolver.at(body.schema, names) if len(names) == 1 else {}
    return bool(resolver.required(wrapped if resolver.properties(wrapped) else body.schema))


def _is_default(target: Target, resource: Resource, name: str, value: Any) -> bool:
    """Whether a field is as it is where nobody sends it."""
    resolver = target.contract.resolver
    bodies = [one.body for one in (resource.create, *resource.updates) if one and one.body]
    schemas = [
        schema
        for body in bodies
        for path, schema in resolver.walk(body.schema, depth=2)
        if path[-1] == name and "default" in schema
    ]
    return value in _EMPTY or any(alike(schema["default"], value) for schema in schemas)


def _moved(target: Target, life: Biography, one: State, other: State, *, times: bool = False) -> list[str]:
    """The fields that differ between two states: what clients set; and the time of the last update where asked for."""
    watched = _watched(target, life, one)
    names = [name for name in watched if one.own[name] != other.own.get(name)]
    if times and updated(one.own) != updated(other.own):
        names.append("time of the last update")
    return names
