"""Sending creates: one body after another until one is taken, and what their refusals taught."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Need
from compliance.contract.fields import body_fields
from compliance.contract.model import Operation
from compliance.target.actors import Actor
from compliance.target.mending import Lessons, mend
from compliance.target.tape import Exchange

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: The answers after which a create is tried once more with another body: some that call a field optional fail without it.
_AGAIN = (400, 404, 409, 422, 500)
#: Bodies that one create tries.
ATTEMPTS = 4


class Creates:
    """The creates of a target, as far as they were tried."""

    def __init__(self, target: Target) -> None:
        self._target = target
        #: what refusals taught about the bodies of operations
        self.lessons: dict[str, Lessons] = {}
        #: creates that want more than the document says they require
        self.thorough: set[str] = set()
        #: who sent what to a create the last time that it was answered well, until it was sent twice
        self.latest: dict[str, tuple[Actor, Mapping[str, Any], Mapping[str, Any]]] = {}
        self.asked_twice: set[str] = set()
        #: creates that were refused to others and allowed to the administrator
        self._reserved: set[str] = set()

    def answer(self, create: Operation, actor: Actor) -> Exchange:
        """The answer to what is required, to what refusals taught, else to all that the document offers.

        By the administrator where the actor may not.
        """
        target = self._target
        if create.label in self._reserved:
            return self._tried(create, target.admin, actor)
        exchange = self._tried(create, actor, actor)
        if exchange.forbidden and not target.lacks(Need.ADMIN):
            exchange = self._tried(create, target.admin, actor)
            if exchange.ok:
                self._reserved.add(create.label)
        return exchange

    def _tried(self, create: Operation, sender: Actor, owner: Actor) -> Exchange:
        """The last answer: the first good one, or the one after which nothing else was left to try."""
        target = self._target
        values = target.path_values(create, owner)
        known = [path for path, _ in body_fields(target.contract.resolver, create.body)]
        for _ in range(ATTEMPTS):
            body = target.body(create, actor=sender)
            exchange = target.call(create, sender, values, **body)
            if exchange.ok and create.label not in self.asked_twice:
                self.latest[create.label] = (sender, values, body)
            if exchange.status not in _AGAIN:
                break
            broken = exchange.status == 500  # nothing is learnt from it
            sent = body.get("json", body.get("form"))
            if broken or not self._learn(create.label, mend(exchange, sent, known)):
                if create.label in self.thorough:
                    break
                self.thorough.add(create.label)
        return exchange

    def again(self, create: Operation) -> Exchange:
        """The answer to what was taken last, sent once more as it was. Raises KeyError where nothing was."""
        sender, values, body = self.latest.pop(create.label)
        self.asked_twice.add(create.label)
        return self._target.call(create, sender, values, **body)

    def _learn(self, label: str, lessons: Lessons) -> bool:
        """Keep what a refusal taught; whether any of it is new."""
        before = self.lessons.get(label, {})
        after = before | {path: {**before.get(path, {}), **lesson} for path, lesson in lessons.items()}
        self.lessons[label] = after
        return after != before
