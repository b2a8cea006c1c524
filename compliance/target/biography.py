"""The life of a row of the run's own: made with all its fields, read twice, changed by every update; several rules judge it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from compliance.catalogue import NotApplicable, Untested
from compliance.contract.fields import body_fields
from compliance.contract.inputs import inputs_of
from compliance.contract.model import FieldPath, Operation, Resource
from compliance.contract.numbers import fits
from compliance.target.actors import sent_body
from compliance.target.births import own_fields, texts
from compliance.target.changing import a_change, as_owner, plain_fields_of
from compliance.target.denials import may_deny
from compliance.target.dressing import dressed
from compliance.target.patience import LONGEST
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange
from compliance.target.tidying import alike, unwrapped

Thing = TypeVar("Thing")
#: An amount with cents, as a text.
_AMOUNT = re.compile(r"\d+\.\d\d")
#: Seconds that an update may take which was answered as done.
_SOON = 1.0
#: Fields of which one is set to nothing.
_EMPTIED = 4


@dataclass(frozen=True, eq=False)
class State:
    """What the owner read at one moment: all plain fields, and those of the object itself."""

    look: Exchange
    plain: Mapping[str, Any]
    own: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Change:
    """One update: what was read before and after it, and after the same once more where it is a PUT."""

    update: Operation
    #: the field that was meant to change
    field: str
    sent: Mapping[str, Any]
    how: Mapping[str, Any]
    before: State
    answer: Exchange
    after: State
    again: Exchange | None = None
    later: State | None = None

    @property
    def accepted(self) -> bool:
        return is_done(self.answer)

    @property
    def effective(self) -> bool:
        """Whether the field reads as it was sent."""
        return self.accepted and alike(self.sent[self.field], self.after.plain.get(self.field))


class Biography:
    """One row of a resource, alive for as long as the run lasts. What it lives through is sent when it is first asked for."""

    def __init__(self, target: Target, resource: Resource, row: Created | None = None) -> None:
        self.target = target
        self.resource = resource
        #: the row, where it is another than the one that all rules judge
        self._row = row

    @property
    def born(self) -> Created:
        """The row: made with all that the create offers where the service takes that, else with what it requires."""
        return self._row or self._once("born", self._bear)

    def _bear(self) -> Created:
        target, resource = self.target, self.resource
        confirmed = target.confirmed(resource)
        confirmed.must("create")
        if resource is not target.contract.accounts and resource.create is not None:
            maker = target.actors[confirmed.created.exchange.actor]
            with suppress(Untested):
                values = target.path_values(resource.create, target.alice)
                how = target.body(
                    resource.create, dressed(target, resource.create), actor=maker, fill_all=True
                )
                exchange = target.call(resource.create, maker, values, **how)
                row = target.ledger.made_by(exchange)
                if row is not None and texts(exchange.value, target.tag):
                    row.evident = True  # also where a text of it was spoilt: nobody else sends the tag
                if row is not None and row.path and target.ledger.is_ours(row):
                    made = Created(row, sent_body(exchange), exchange)
                    target.rows.arrived(made)
                    return made
        return target.create(resource, target.alice)

    @property
    def at_rest(self) -> tuple[State, State]:
        """Two looks with nothing between them."""
        self.target.confirmed(self.resource).must("read")
        return self._once("at rest", lambda: (self.look(), self.look()))

    @property
    def restless(self) -> set[str]:
        """The fields that move by themselves, as two looks show."""
        first, second = self.at_rest
        return {name for name in first.own if first.own[name] != second.own.get(name)}

    @property
    def changes(self) -> tuple[Change, ...]:
        """What every update did: one field changed, then all the others; without those that have nothing to change."""
        return self._once("changes", self._change_all)

    def _change_all(self) -> tuple[Change, ...]:
        state, found = self.at_rest[1], []
        for update in sorted(self.resource.updates, key=lambda operation: operation.method):
            with suppress(Untested):
                found.append(change := self.changed(update, state))
                state = change.later or change.after
                if change.effective:
                    found.append(rest := self._changed_at_large(update, state, but=(change.field,)))
                    state = rest.after
        return tuple(found)

    @property
    def emptied(self) -> Change | None:
        """A field that an update was seen to change, set to nothing in another row: a number to nought, a switch to off."""
        return self._once("emptied", self._empty)

    def _empty(self) -> Change | None:
        for change, name in self._to_empty()[:_EMPTIED]:
            nothing = _nothing_like(something := _something(change, name))
            ways = [
                path
                for path, schema in body_fields(self.target.contract.resolver, change.update.body)
                if path[-1] == name and (isinstance(nothing, str | bool) or fits(schema, nothing))
            ]
            if nothing is not None and ways:
                with suppress(Untested):  # it adds to what the changes show
                    if emptied := self._set(change, ways[0], something, nothing):
                        return emptied
        return None

    def _to_empty(self) -> list[tuple[Change, str]]:
        """The numbers and switches that updates sent, those that surely were changed first."""
        found = []
        for change in self.changes if self.resource is not self.target.contract.accounts else ():
            left_out = set(reserved(self.target, change.update)) if change.effective else set(change.sent)
            found += [
                (change, name) for name in change.sent if name not in left_out and _something(change, name)
            ]
        return sorted(found, key=lambda one: not _took_effect(*one))

    def _set(self, change: Change, way: FieldPath, something: Any, nothing: Any) -> Change | None:
        """What a field of a new row becomes that is set to nothing, after something; None where nothing ever changed it."""
        born = self.target.create(self.resource, self.target.alice)
        other = Biography(self.target, self.resource, born)

        def become(value: Any, before: State) -> Change:
            how = self.target.body(change.update, {way: value}, actor=born.owner, created=born)
            return other._sent(change.update, way[-1], how, before)

        before, known = other.look(), _took_effect(change, way[-1])
        if alike(nothing, before.plain.get(way[-1])):  # to switch off what is off already shows nothing
            filled = become(something, before)
            before, known = filled.after, filled.effective
        return become(nothing, before) if known else None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why no update could be judged, in words."""
        refused = [str(change.answer) for change in self.changes if not change.accepted]
        return tuple(refused) or ("no update changes a plain field that could be read back",)

    def _once(self, what: str, have: Callable[[], Thing]) -> Thing:
        return self.target.memory.once(f"{what}, of {self.resource.collection}", have)

    def look(self) -> State:
        return state_of(self.seen())

    def seen(self) -> Exchange:
        """The owner's look, whatever it shows."""
        if self.resource.read is None:
            raise NotApplicable("nothing can be read back")
        return self.target.call_on(self.born, self.resource.read)

    def changed(self, update: Operation, before: State) -> Change:
        """A change of one plain field beside what the update requires, sent again where it is a PUT.

        A change of all fields, where that has no effect.
        """
        change = self.changed_once(update, before)
        if not change.effective:
            second = self._changed_at_large(update, change.after)
            change = second if second.accepted or not change.accepted else change
        if update.method != "PUT" or not change.effective:
            return change
        again = as_owner(self.target, self.born, update, **change.how)
        return replace(change, again=again, later=self.look())

    def changed_once(self, update: Operation, before: State, tag: str = "") -> Change:
        """A change of one plain field; on the condition that the row is still as that tag says, where one is given."""
        field, how = a_change(self.target, update, self.born, before.plain, whole=False)
        return self._sent(update, field, how, before, tag)

    def _changed_at_large(self, update: Operation, before: State, but: Collection[str] = ()) -> Change:
        """A change of all that the update offers to whoever owns the row, without the fields `but`."""
        left_out = {*reserved(self.target, update), *but}
        field, how = a_change(self.target, update, self.born, before.plain, whole=True, but=left_out)
        return self._sent(update, field, how, before)

    def _sent(
        self, update: Operation, field: str, how: Mapping[str, Any], before: State, tag: str = ""
    ) -> Change:
        sent = dict(unwrapped(how.get("json")))
        answer = self.send_if(update, how, tag) if tag else as_owner(self.target, self.born, update, **how)
        if not is_done(answer):
            return Change(update, field, sent, how, before, answer, before)

        def has_come(state: State) -> bool:
            return alike(sent[field], state.plain.get(field))

        longest = LONGEST if answer.status == 202 else _SOON
        after = self.target.patience.until(has_come, self.look, longest)
        return Change(update, field, sent, how, before, answer, after)

    def send_if(self, update: Operation, how: Mapping[str, Any], tag: str) -> Exchange:
        """The update in its owner's name, on the condition that the row is still in the state of that tag."""
        owner = self.target.doorman.fresh(self.born.owner)
        headers = (*owner.headers, ("If-Match", tag))
        return self.target.call_on(self.born, update, owner, **how, headers=headers, auth=owner.auth)


def biography(target: Target, resource: Resource) -> Biography:
    """The biography of a resource, one for all rules."""
    return target.memory.once(f"biography of {resource.collection}", lambda: Biography(target, resource))


def state_of(look: Exchange) -> State:
    """What a look shows. Raises Untested where it shows no object."""
    return State(look, plain_fields_of(look), own_fields(look.value))


def _took_effect(change: Change, name: str) -> bool:
    """Whether a field was changed by an update that named it."""
    before, after = change.before.plain.get(name), change.after.plain.get(name)
    return after is not None and not alike(before, after) and alike(change.sent[name], after)


def _something(change: Change, name: str) -> Any:
    """The number or the amount that was sent in a field, a switch as it is on; None where it is neither."""
    value = change.sent[name]
    value = True if isinstance(value, bool) else value
    return None if _nothing_like(value) is None else value


def _nothing_like(value: Any) -> Any:
    """The nothing of a number, a switch or an amount; None where there is none."""
    if isinstance(value, bool):
        return False if value else None
    if isinstance(value, str):
        return "0.00" if _AMOUNT.fullmatch(value) else None
    return 0 if isinstance(value, int | float) and value else None


def is_done(answer: Exchange) -> bool:
    """Whether a write was answered as done, also by what its body says; a bare null says nothing."""
    return answer.ok and not (may_deny(answer) and answer.value is not None)


def reserved(target: Target, operation: Operation) -> Iterator[str]:
    """The fields of a body that need not be sent, and that an owner may not set or had better not: rights, names, secrets."""
    for field in inputs_of(operation, target.contract.resolver):
        special = field.privileged or field.owner or field.secret or field.unique
        if special and not field.required:
            yield field.path[-1]


def settable(target: Target, operation: Operation) -> Iterator[str]:
    """The names of the fields that the body of an operation offers, whatever wraps them."""
    wrapped = {path[:-1] for path, _ in body_fields(target.contract.resolver, operation.body)}
    for path, _ in body_fields(target.contract.resolver, operation.body):
        if path not in wrapped:
            yield path[-1]
