"""Registering accounts, and learning on the way what the document does not say of a registration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from compliance.catalogue import Need, Untested
from compliance.contract.fields import body_fields, is_password, is_password_again, is_privileged
from compliance.contract.model import Contract, FieldPath, Operation, Registration
from compliance.contract.paths import words
from compliance.contract.patterns import in_python
from compliance.contract.resolve import Schema
from compliance.target.actors import Actor, registered
from compliance.target.hooks import Hooks
from compliance.target.lessons import taught
from compliance.target.mending import Lesson, Lessons, mend
from compliance.target.payload import carried, payload
from compliance.target.privileges import least
from compliance.target.secrets import Secrets
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.wire import Request

#: Bodies that one registration tries, each unlike all before.
ATTEMPTS = 4
#: Refusals that a better body may turn; 403 and 409 are how some say that a name is taken.
_MENDABLE = (400, 403, 409, 422)
#: Refusals after which another registration is tried: this one is not for us.
_CLOSED = (401, 403, 404, 405, 410, 501)


class TurnedAway(Untested):
    """A registration was refused: the answer, and who would have had the account."""

    def __init__(self, reason: str, exchange: Exchange, actor: Actor) -> None:
        super().__init__(reason)
        self.exchange = exchange
        self.actor = actor


@dataclass(eq=False)
class Door:
    """One operation that makes accounts, and what its refusals taught."""

    registration: Registration
    #: only the administrator makes accounts there
    by_admin: bool = False
    lessons: Lessons = field(default_factory=dict)
    #: many documents forget to say what they require: then all that they offer is sent
    fill_all: bool = False
    #: why nobody registers there, empty as long as somebody may
    refused: str = ""


def _may_be_mended(exchange: Exchange) -> bool:
    """Whether another body may be taken; who misses a field that the document leaves open may well fail over it."""
    return exchange.ok or exchange.status in _MENDABLE or exchange.status >= 500


class Registrar:
    """Registers accounts. What a refusal taught is kept for whoever comes next, and a closed door sends to the next one.

    admin: the administrator, None where there is none; in his name accounts are made that nobody makes alone.
    """

    def __init__(
        self,
        contract: Contract,
        send: Callable[[Request], Exchange],
        secrets: Secrets,
        hooks: Hooks,
        admin: Callable[[], Actor | None] = lambda: None,
    ) -> None:
        self._contract = contract
        self._send = send
        self._secrets = secrets
        self._hooks = hooks
        self._admin = admin
        anyone = contract.registrations or tuple(filter(None, [contract.registration]))
        self._all = [
            *(Door(one) for one in anyone),
            *(Door(one, by_admin=True) for one in contract.admissions),
        ]
        #: where an account is being made right now
        self.at_work: Registration | None = None
        #: stands at the end of every name, which is what a short field keeps of it
        self._sent = 0

    @property
    def doors(self) -> list[Door]:
        """Where accounts may be made, as far as it is known: nobody has been sent away there."""
        admitted = self._admin() is not None
        return [door for door in self._all if not door.refused and (admitted or not door.by_admin)]

    def register(
        self, name: str, tag: str, extra: Mapping[str, Any] | None = None, *, length: int = 0
    ) -> tuple[Actor, Exchange]:
        """Register a new account and return it with the answer; with extra fields, in one try, and by itself.

        length: so many characters has its password, whatever the document says; in one try as well.
        Raises Untested where the service does not let us, with what was sent and answered.
        """
        special = bool(extra or length)
        for door in self.doors:
            if extra and door.by_admin:
                continue  # what the administrator may give is no privilege taken
            exchange = self._try(door, name, tag, extra or {}, length)
            actor = registered(door.registration, exchange)
            actor.name = name
            if exchange.ok and not says_no(exchange):
                if door.by_admin:
                    actor.source = "the administrator"
                return actor, exchange
            reason = self._complaint(exchange)
            door.refused = "" if special else reason
            if special or exchange.status not in _CLOSED:
                raise TurnedAway(reason, exchange, actor)
        raise Untested(self._nowhere())

    def request(
        self, name: str, tag: str, given: Mapping[FieldPath, Any] | None = None
    ) -> tuple[Registration, Request]:
        """A registration that anybody may send, not sent yet, with a body unlike all before but for the values given.

        Whoever sends it says so by `working_at`. Raises Untested where there is none.
        """
        door = next((door for door in self.doors if not door.by_admin), None)
        if door is None:
            raise Untested(self._nowhere())
        body = self._body(door, name, f"{name}{tag}{self._sent}", given or {})
        self._sent += 1
        operation = door.registration.operation
        return door.registration, Request(
            operation.method, operation.path, operation=operation.label, actor=name, **body
        )

    @contextmanager
    def working_at(self, registration: Registration) -> Iterator[None]:
        """Everybody knows meanwhile that its answers make accounts."""
        self.at_work = registration
        try:
            yield
        finally:
            self.at_work = None

    def takes(self, length: int) -> bool:
        """Whether neither the document nor a refusal says that no password has so many characters."""
        for door in self.doors[:1]:
            operation = taught(self._contract.resolver, _filled_in(door.registration), door.lessons)
            schema = operation.body.schema if operation.body else {}
            longest = self._contract.resolver.at(schema, door.registration.password).get("maxLength")
            return not isinstance(longest, int) or longest >= length
        return False

    def example(self, operation: Operation, tag: str) -> dict[str, Any] | None:
        """A body that would register somebody new at an operation; None where nobody registers there by himself."""
        doors = (one for one in self.doors if one.registration.operation is operation and not one.by_admin)
        door = next(doors, None)
        if door is None:
            return None
        self._sent += 1
        return self._body(door, "hostile", f"hostile{tag}{self._sent}", {})

    def _nowhere(self) -> str:
        reasons = [door.refused for door in self._all if door.refused]
        if any(door.by_admin and not door.refused for door in self._all) and self._admin() is None:
            label = self._contract.admissions[0].operation.label
            reasons.append(f"{label} makes accounts for an administrator, which needs {Need.ADMIN.value}")
        return "; ".join(reasons) or "the document shows no registration"

    def _try(self, door: Door, name: str, tag: str, extra: Mapping[str, Any], length: int) -> Exchange:
        """The last answer: the first good one, or the one after which nothing else was left to try."""
        operation, known = door.registration.operation, self._fields(_filled_in(door.registration))
        admin = self._admin() if door.by_admin else None
        who: dict[str, Any] = {"actor": name}
        if admin is not None:
            who = {"actor": admin.name, "headers": admin.headers, "auth": admin.auth}
        for _ in range(ATTEMPTS):
            beside = door.registration.password[:-1]
            given = {(*beside, field): value for field, value in extra.items()}
            body = self._body(door, name, f"{name}{tag}{self._sent or ''}", given, length)
            self._sent += 1
            with self.working_at(door.registration):
                exchange = self._send(
                    Request(operation.method, operation.path, operation=operation.label, **who, **body)
                )
            done = exchange.ok and not says_no(exchange)
            if done or extra or length or not _may_be_mended(exchange):
                break
            sent = carried(body)
            if not _learn(door, mend(exchange, sent, known)):
                if door.fill_all or exchange.status in (403, 409):
                    break
                door.fill_all = True
        return exchange

    def _fields(self, operation: Operation) -> list[FieldPath]:
        return [path for path, _ in body_fields(self._contract.resolver, operation.body)]

    def _body(
        self, door: Door, name: str, seed: str, wanted: Mapping[FieldPath, Any], length: int = 0
    ) -> dict[str, Any]:
        """Keyword arguments of the request, by the schema and by what was learnt."""
        registration, taking = door.registration, _filled_in(door.registration)
        privileges = self._privileges(taking) if door.fill_all else {}
        known = {**self._named(registration), **privileges, **door.lessons}
        operation = taught(self._contract.resolver, taking, known)
        schema = operation.body.schema if operation.body else {}
        password = self._password(name, self._contract.resolver.at(schema, registration.password), length)
        given: dict[FieldPath, Any] = dict.fromkeys(
            (registration.password, *registration.repetitions), password
        )
        given |= self._humble(operation)
        for path, lesson in door.lessons.items():
            if lesson.get("drop"):
                given.pop(path, None)
            elif lesson.get("again") or is_password(path[-1]) or is_password_again(path[-1]):
                given[path] = password
            elif "domain" in lesson:
                given[path] = f"{'-'.join(words(seed))}@{lesson['domain']}"
            elif lesson.get("fresh") and lesson.get("type") == "integer":
                given[path] = _number(seed, lesson)
        given |= wanted
        made = payload(self._contract, operation, seed, given, fill_all=door.fill_all)
        return self._hooks.served(operation.label, made)

    def _named(self, registration: Registration) -> Lessons:
        """An account has a name, whether or not the document says that one is required."""
        operation, resolver = _filled_in(registration), self._contract.resolver
        schema = operation.body.schema if operation.body else {}
        required = [
            way
            for way in registration.identifiers
            if way[-1] in resolver.required(resolver.at(schema, way[:-1]))
        ]
        return {} if required else {registration.identifier: {}}

    def _privileges(self, operation: Operation) -> Lessons:
        """Fields that lift an account above others are left out of "all that is offered": alice is an ordinary user."""
        if operation.body is None:
            return {}
        resolver, schema = self._contract.resolver, operation.body.schema
        optional = [
            p for p in self._fields(operation) if p[-1] not in resolver.required(resolver.at(schema, p[:-1]))
        ]
        return {path: {"drop": True} for path in optional if is_privileged(path[-1])}

    def _humble(self, operation: Operation) -> dict[FieldPath, Any]:
        """The least that fields of privilege take which have to be sent: alice is an ordinary user."""
        known = body_fields(self._contract.resolver, operation.body)
        found = {path: least(schema) for path, schema in known if is_privileged(path[-1])}
        wanted = operation.body.schema if operation.body else {}
        resolver = self._contract.resolver
        return {
            path: value
            for path, value in found.items()
            if value is not None and path[-1] in resolver.required(resolver.at(wanted, path[:-1]))
        }

    def _password(self, name: str, schema: Schema, length: int) -> str:
        longest, shortest = schema.get("maxLength"), schema.get("minLength")
        pattern = in_python(str(schema["pattern"])) if "pattern" in schema else None
        return self._secrets.password(
            name,
            longest if isinstance(longest, int) else None,
            shortest if isinstance(shortest, int) else 0,
            fits=lambda value: pattern is None or pattern.search(value) is not None,
            exactly=length,
        )

    def _complaint(self, exchange: Exchange) -> str:
        # Redacted before it is cut: half a secret is not recognised.
        said = self._secrets.redact(exchange.text)[:200]
        sent = self._secrets.redact(exchange.request_body.decode("utf-8", "replace"))[:200]
        return f"registration was refused: {exchange.method} {exchange.url} answered {exchange.status}: {said} (sent: {sent})"


def _filled_in(registration: Registration) -> Operation:
    """The operation with what it has to be told as its body, also where that stands in the query."""
    return replace(registration.operation, body=registration.operation.filled_in)


def _learn(door: Door, lessons: Lessons) -> bool:
    """Keep what is new; whether anything was, or a value is to be another one."""
    news = any(lesson.get("fresh") for lesson in lessons.values())
    for path, lesson in lessons.items():
        before = door.lessons.get(path)
        after = {**(before or {}), **lesson}
        news = news or before is None or before != after
        door.lessons[path] = after
    return news


def _number(seed: str, lesson: Lesson) -> int:
    """A whole number unlike others, ten digits long if that is allowed."""
    drawn = 5_550_000_000 + int(sha256(seed.encode()).hexdigest(), 16) % 10**7
    most = lesson.get("maximum")
    return drawn % (int(most) + 1) if isinstance(most, int | float) else drawn
