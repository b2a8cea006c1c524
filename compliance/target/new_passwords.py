"""Passwords that accounts may have by now, because a request in their name that changes one was answered well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from compliance.catalogue import Untested
from compliance.contract.fields import is_secret
from compliance.target.actors import Actor, leaves, sent_body
from compliance.target.tape import Exchange

_WRITES = ("POST", "PUT", "PATCH")


class NewPasswords:
    """Remembers them by the name of the actor; whoever has to log in again tries them where the known one fails."""

    def __init__(self) -> None:
        self._sent: dict[str, list[str]] = defaultdict(list)

    def observe(self, exchange: Exchange) -> None:
        """Take note of the secrets in a write that was answered well."""
        if not exchange.ok or exchange.method not in _WRITES or exchange.actor == "anonymous":
            return
        for way, value in leaves(sent_body(exchange)):
            if isinstance(value, str) and value and is_secret(way[-1]):
                self._sent[exchange.actor].append(value)

    def become(self, actor: Actor, log_in: Callable[[Actor], object]) -> None:
        """Log an actor in by the password that is known, else by the newest that it may have. Raises Untested."""
        known = actor.password
        newer = [one for one in reversed(self._sent[actor.name]) if one != known]
        for password in dict.fromkeys([known, *newer[:3]]):
            actor.password = password
            try:
                log_in(actor)
            except Untested as reason:
                refusal = reason
            else:
                return
        actor.password = known
        raise refusal
