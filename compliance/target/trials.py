"""Updates that a service should refuse, tried on the row of a biography: empty fields, and requests with one thing wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from compliance.catalogue import Untested
from compliance.contract.fields import is_privileged, is_secret
from compliance.contract.model import Operation, Resource, Schema
from compliance.contract.resolve import mapping, sequence
from compliance.target.biography import (
    Biography,
    State,
    biography,
    is_done,
    reserved,
    settable,
    state_of,
)
from compliance.target.births import ENVELOPES
from compliance.target.changing import a_change, as_owner
from compliance.target.reach import Target
from compliance.target.spoiling import Spoilt, spoilt, with_field
from compliance.target.tape import Exchange

#: Fields that one update tries to empty.
_EMPTIED = 2


@dataclass(frozen=True, eq=False)
class Trial:
    """One update that should be refused; the look after it, where it was answered as done or nothing came after it."""

    update: Operation
    wrong: Spoilt
    #: it sent null for the field
    emptying: bool
    #: the last state that was read before it
    before: State
    answer: Exchange
    look: Exchange | None = None

    @property
    def refused(self) -> bool:
        return not is_done(self.answer)


def trials(target: Target, resource: Resource) -> tuple[Trial, ...]:
    """All of them, sent once. Raises Untested where no update takes effect, so that no refusal says anything."""
    life = biography(target, resource)
    if not any(change.effective for change in life.changes):
        raise Untested("; ".join(life.reasons))
    return target.memory.once(f"trials of {resource.collection}", lambda: tuple(_tried(target, life)))


def _tried(target: Target, life: Biography) -> Iterator[Trial]:
    """Each refused one is followed by the next; after one that was answered as done, and after the last, comes a look."""
    state = life.changes[-1].later or life.changes[-1].after
    waiting: list[Trial] = []
    for update, wrong, emptying in _wrongs(target, life, state):
        trial = Trial(update, wrong, emptying, state, as_owner(target, life.born, update, **wrong.how))
        waiting.append(trial)
        if trial.refused:
            continue
        look = life.seen()
        yield from _with_look(waiting, look)
        waiting = []
        mended = _mended(target, life, trial, look)
        if mended is None:
            return
        state = mended
    if waiting:
        yield from _with_look(waiting, life.seen())


def _with_look(waiting: list[Trial], look: Exchange) -> Iterator[Trial]:
    return (Trial(**{**vars(one), "look": look}) for one in waiting)


def _mended(target: Target, life: Biography, trial: Trial, look: Exchange) -> State | None:
    """The state after what should have been refused was put right again; None where that is not to be done.

    Then the row goes at once: in some services one bad row spoils a whole list.
    """
    name, state = trial.wrong.field, trial.before
    with suppress(Untested):
        now = state_of(look)
        if now.own.get(name) is not None and not isinstance(now.own[name], dict):
            return now
    with suppress(Untested):
        _, how = a_change(target, trial.update, life.born, state.plain, whole=False, but=(name,))
        as_owner(target, life.born, trial.update, **with_field(how, name, state.own.get(name)))
        return life.look()
    if life.resource.delete is not None:
        target.call_on(life.born, life.resource.delete)
    return None


def _wrongs(target: Target, life: Biography, state: State) -> Iterator[tuple[Operation, Spoilt, bool]]:
    updates = list(dict.fromkeys(change.update for change in life.changes if change.effective))
    for number, update in enumerate(updates):
        names = list(never_null(target, life, update, state))
        chosen = names[number * _EMPTIED :][:_EMPTIED] or names[:_EMPTIED]
        for name in chosen:
            with suppress(Untested):
                _, how = a_change(target, update, life.born, state.plain, whole=False, but=(name,))
                yield update, Spoilt(name, with_field(how, name, None)), True
        with suppress(Untested):
            left_out = set(reserved(target, update))
            field, how = a_change(target, update, life.born, state.plain, whole=True, but=left_out)
            sample = target.confirmed(life.resource).created
            for wrong in spoilt(target, update, how, sample, field):
                yield update, wrong, False


def never_null(target: Target, life: Biography, update: Operation, state: State) -> Iterator[str]:
    """The fields of an update that the documented answer never shows as null, and that no row was seen to have as null."""
    read, resolver = life.resource.read, target.contract.resolver
    if read is None or read.success is None:
        return
    shown = resolver.properties(_of_the_object(target, read.success.schema or {}))
    look = target.confirmed(life.resource).look
    others = state_of(look).own if look is not None and look.ok else {}
    for name in settable(target, update):
        if is_privileged(name) or is_secret(name) or name not in shown:
            continue
        if state.own.get(name) is None or (name in others and others[name] is None):
            continue
        if not _may_be_null(resolver.resolve(shown[name]), shown[name]):
            yield name


def _of_the_object(target: Target, schema: Schema) -> Schema:
    """The schema of an object, whatever wraps it."""
    resolver = target.contract.resolver
    found = resolver.resolve(schema)
    if resolver.type_of(found) == "array":
        found = resolver.resolve(resolver.items(found))
    for name, inner in resolver.properties(found).items():
        alone = len(resolver.properties(found)) == 1
        if (alone or name.lower() in ENVELOPES) and resolver.properties(inner):
            return resolver.resolve(inner)
    return found


def _may_be_null(schema: Schema, written: Schema) -> bool:
    """Whether a schema allows null, or says so little that it may."""
    offered = [mapping(one) for key in ("anyOf", "oneOf") for one in sequence(written.get(key))]
    kinds = [schema.get("type"), *(one.get("type") for one in offered)]
    named = [one for kind in kinds for one in ([kind] if isinstance(kind, str) else sequence(kind))]
    chosen = sequence(schema.get("enum"))
    return not named or "null" in named or schema.get("nullable") is True or None in chosen
