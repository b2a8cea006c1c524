"""Logging in: which login, by which name, in which form; and what of its answer is the token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from compliance.catalogue import Untested
from compliance.contract.example import put
from compliance.contract.model import Contract, Login
from compliance.target.actors import Actor, basic_value, leaves, object_of
from compliance.target.credentials import Presentation
from compliance.target.hooks import Hooks
from compliance.target.presenting import presentations, speaks_basic
from compliance.target.secrets import Secrets
from compliance.target.tape import Exchange
from compliance.target.tokens import Place, every_token, lifetime, says_no, tokens_in, unprefixed
from compliance.target.wire import Request

#: Logins that are tried for one actor: more would look like an attack, and lock accounts.
ATTEMPTS = 6
#: Further logins that are tried where a token opens nothing.
OTHERS = 2
#: Seconds before its end at which a token is exchanged for a new one, or the last quarter of its life if that is less.
MARGIN = 30.0


class Doorman:
    """Logs actors in. What worked once is what is done from then on."""

    def __init__(
        self,
        contract: Contract,
        send: Callable[[Request], Exchange],
        secrets: Secrets,
        hooks: Hooks,
        clock: Callable[[], float],
        presentation: Presentation | None = None,
    ) -> None:
        self._contract = contract
        self._send = send
        self._secrets = secrets
        self._hooks = hooks
        self._clock = clock
        #: how everybody who logs in presents the token, once somebody said so or it has worked
        self.presentation = presentation
        #: where the answer to a login has the token that worked
        self.place: Place | None = None
        #: the login and form that gave a token, and which of an account's names it took
        self._way: tuple[Login, str] | None = None
        self._name: int | None = None
        #: logins whose token opened nothing
        self._barren: list[Login] = []

    @property
    def logins(self) -> tuple[Login, ...]:
        """Every login that the document shows, the best first."""
        contract = self._contract
        return contract.logins or ((contract.login,) if contract.login else ())

    def log_in(self, actor: Actor) -> None:
        """Get the actor a token, or the right to go without one.

        Raises Untested when no answer holds a token, with what was tried: a status alone says nothing.
        """
        tried: list[Exchange] = []
        for login, style, name in self._ways(actor):
            exchange = self._send(self.request(login, name, actor.password, actor.name, style=style))
            found = tokens_in(exchange, login.token)
            if found:
                actor.username = name
                self._way = (login, style)
                if len(actor.names) > 1:
                    self._name = actor.names.index(name)
                self.admit(actor, exchange, found)
                return
            tried.append(exchange)
        self._without_login(actor, tried)

    def log_in_elsewhere(self, actor: Actor) -> bool:
        """Log in at the next login, after the token of this one opened nothing; whether that gave another token.

        Only as long as nobody came in: what has worked for somebody is not the login's fault.
        """
        before, state = (self._way, self._name), vars(actor).copy()
        while self._way is not None and self.place is None and len(self._barren) < OTHERS:
            self._barren.append(self._way[0])
            self._way = self._name = None
            with suppress(Untested):
                self.log_in(actor)
            if actor.token and actor.token != state["token"]:
                return True
        vars(actor).update(state)
        self._way, self._name = before
        return False

    def admit(self, actor: Actor, exchange: Exchange, found: list[tuple[Place, str]]) -> None:
        """Give the actor the token of an answer: the one that worked for others, else the likeliest."""
        place, token = next((one for one in found if one[0] == self.place), found[0])
        actor.entry = exchange
        self.take(actor, place, token)
        if actor.settled:
            return
        if self.presentation:
            actor.presentation, actor.settled = self.presentation, True
        else:
            actor.presentation = presentations(self._contract, token, place)[0]

    def take(self, actor: Actor, place: Place, token: str) -> None:
        """Give the actor that token."""
        actor.place, actor.token = place, unprefixed(token)[1]
        self._secrets.remember_token(actor.name, actor.token)
        lasts = lifetime(actor.token, actor.entry, self._clock())
        actor.expires = None if lasts is None else self._clock() + lasts - min(MARGIN, lasts / 4)

    def go_without(self, actor: Actor) -> None:
        """Let the actor send its name and password with every request."""
        actor.basic, actor.settled = True, True
        self._secrets.remember_token(
            actor.name, basic_value(actor.username, actor.password).partition(" ")[2]
        )

    def settle(self, actor: Actor) -> None:
        """The actor's way of presenting its token has worked, so that others need not try."""
        actor.settled = True
        if actor.entry is not None and actor.token:
            self.presentation, self.place = actor.presentation, actor.place

    def fresh(self, actor: Actor) -> Actor:
        """The actor, logged in again where its token is about to end."""
        if actor.expires is not None and actor.password and self._clock() >= actor.expires:
            self.renew(actor)
        return actor

    def renew(self, actor: Actor) -> bool:
        """Log in again. Where that fails the old token stays, and whoever uses it sees what comes of it."""
        before, actor.expires = actor.token, None
        with suppress(Untested):
            self.log_in(actor)
        return actor.token != before

    def request(self, login: Login, username: str, password: str, actor: str, *, style: str = "") -> Request:
        """The request by which that name and password log in; `style` where it is not the login's own."""
        made = login_request(replace(login, style=style or login.style), username, password, actor)
        body = {"json": made.json} if made.json is not None else {"form": made.form} if made.form else {}
        return replace(made, **self._hooks.served(login.operation.label, body)) if body else made

    @property
    def used(self) -> tuple[Login, str] | None:
        """The login that works here with its form, None where nobody logged in yet."""
        return self._way

    def observe(self, exchange: Exchange) -> None:
        """Remember every token in an answer to a login or a registration, whoever asked for it."""
        doors = {login.operation.label for login in self.logins}
        contract = self._contract
        known = (*contract.registrations, *contract.admissions, *filter(None, [contract.registration]))
        doors |= {one.operation.label for one in known}
        if exchange.operation in doors:
            for token in every_token(exchange):
                self._secrets.remember_token(exchange.actor, token)

    def _ways(self, actor: Actor) -> list[tuple[Login, str, str]]:
        """Login, form and name of every attempt, the likeliest first; only what worked where anything did."""
        names = actor.names or (actor.username,)
        if self._name is not None and len(names) > self._name:
            names = (names[self._name],)
        ways = (
            [self._way]
            if self._way
            else [
                (one, style)
                for one in self.logins
                if one not in self._barren
                for style in dict.fromkeys(self._styles(one))
            ]
        )
        return [(login, style, name) for login, style in ways for name in names if name][:ATTEMPTS]

    def _styles(self, login: Login) -> Iterator[str]:
        """The documented form; every usual one where the document hides the body."""
        operation = login.operation
        hidden = operation.body is None and not any(operation.query(name) for name in login.password)
        if hidden and (operation.method == "GET" or (operation.guarded and speaks_basic(self._contract))):
            yield "basic"
        if not hidden or operation.method != "GET":
            yield login.style
        if hidden and operation.method != "GET":
            yield from ({"json", "form"} - {login.style})
            yield "basic"

    def _without_login(self, actor: Actor, tried: list[Exchange]) -> None:
        """The token that registration gave, or the password with every request; else Untested."""
        found = tokens_in(actor.registration) if actor.registration else []
        if found and actor.registration and not actor.token:
            self.admit(actor, actor.registration, found)
        elif not self.logins and actor.password and speaks_basic(self._contract):
            self.go_without(actor)
        elif not self.logins:
            raise Untested("the document shows no login")
        else:
            raise Untested(f"login was refused: {'; '.join(map(self._told, tried))}")

    def _told(self, exchange: Exchange) -> str:
        """Redacted before it is cut: half a secret is not recognised. An answer that may hold a token is not shown at all."""
        words = f"{exchange.method} {self._secrets.redact(exchange.url)} answered {exchange.status}"
        if not exchange.ok or says_no(exchange):
            return f"{words}: {self._secrets.redact(exchange.text)[:200]}"
        names = ", ".join(".".join(way) for way, _ in leaves(object_of(exchange)))
        shown = (
            f"the fields {names}"
            if names
            else f"{len(exchange.body)} bytes of {exchange.media_type or 'no type'}"
        )
        return f"{words} and held no token that the kit knows, but {shown}"


def login_request(login: Login, username: str, password: str, actor: str) -> Request:
    """The request by which that name and password log in."""
    operation = login.operation
    plain = Request(operation.method, operation.path, actor=actor, operation=operation.label)
    if login.style == "basic":
        return replace(plain, headers=(("Authorization", basic_value(username, password)),))
    if login.style == "form":
        form = {login.identifier[-1]: username, login.password[-1]: password, "grant_type": "password"}
        return replace(plain, form=form)
    if login.style == "query":
        return replace(plain, params={login.identifier[-1]: username, login.password[-1]: password})
    body: dict[str, Any] = {}
    for path, value in ((login.identifier, username), (login.password, password)):
        put(body, path, value)
    return replace(plain, json=body)
