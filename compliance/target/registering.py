"""Registering accounts, and learning on the way what the document does not say of a registration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from compliance.catalogue import Untested
from compliance.contract.fields import body_fields, is_password, is_password_again, is_privileged
from compliance.contract.model import Contract, FieldPath, Operation, Registration
from compliance.contract.paths import words
from compliance.contract.patterns import in_python
from compliance.contract.resolve import Resolver, Schema
from compliance.target.actors import Actor, registered
from compliance.target.client import Request
from compliance.target.hooks import Hooks
from compliance.target.mending import Lesson, Lessons, mend
from compliance.target.payload import payload
from compliance.target.secrets import Secrets
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: Bodies that one registration tries, each unlike all before.
ATTEMPTS = 4
#: Refusals that a better body may turn; 403 and 409 are how some say that a name is taken.
_MENDABLE = (400, 403, 409, 422)


class Registrar:
    """Registers accounts. What a refusal taught is kept for whoever comes next."""

    def __init__(
        self, contract: Contract, send: Callable[[Request], Exchange], secrets: Secrets, hooks: Hooks
    ) -> None:
        self._contract = contract
        self._send = send
        self._secrets = secrets
        self._hooks = hooks
        self._lessons: Lessons = {}
        #: many documents forget to say what they require: then all that they offer is sent
        self._fill_all = False
        self._refused = ""
        #: stands at the end of every name, which is what a short field keeps of it
        self._sent = 0

    def register(self, name: str, tag: str, extra: Mapping[str, Any] | None = None) -> tuple[Actor, Exchange]:
        """Register a new account and return it with the answer; with extra fields, in one try.

        Raises Untested where the service does not let us, with what was sent and answered.
        """
        registration = self._contract.registration
        if registration is None:
            raise Untested("the document shows no registration")
        if self._refused:
            raise Untested(self._refused)
        exchange = self._try(registration, name, tag, extra or {})
        if not exchange.ok or says_no(exchange):
            reason = self._complaint(exchange)
            self._refused = "" if extra else reason
            raise Untested(reason)
        actor = registered(registration, exchange)
        actor.name = name
        return actor, exchange

    def _try(self, registration: Registration, name: str, tag: str, extra: Mapping[str, Any]) -> Exchange:
        """The last answer: the first good one, or the one after which nothing else was left to try."""
        operation, known = registration.operation, self._fields(registration.operation)
        for _ in range(ATTEMPTS):
            body = self._body(registration, name, f"{name}{tag}{self._sent or ''}", extra)
            self._sent += 1
            exchange = self._send(
                Request(operation.method, operation.path, actor=name, operation=operation.label, **body)
            )
            done = exchange.ok and not says_no(exchange)
            if done or extra or not (exchange.ok or exchange.status in _MENDABLE):
                break
            sent = body.get("json", body.get("form"))
            if not self._learn(mend(exchange, sent, known)):
                if self._fill_all or exchange.status in (403, 409):
                    break
                self._fill_all = True
        return exchange

    def _learn(self, lessons: Lessons) -> bool:
        """Keep what is new; whether anything was, or a value is to be another one."""
        news = any(lesson.get("fresh") for lesson in lessons.values())
        for path, lesson in lessons.items():
            before = self._lessons.get(path)
            after = {**(before or {}), **lesson}
            news = news or before is None or before != after
            self._lessons[path] = after
        return news

    def _fields(self, operation: Operation) -> list[FieldPath]:
        return [path for path, _ in body_fields(self._contract.resolver, operation.body)]

    def _body(
        self, registration: Registration, name: str, seed: str, extra: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Keyword arguments of the request, by the schema and by what was learnt."""
        known = {**(self._privileges(registration.operation) if self._fill_all else {}), **self._lessons}
        operation = taught(self._contract.resolver, registration.operation, known)
        schema = operation.body.schema if operation.body else {}
        password = self._password(name, self._contract.resolver.at(schema, registration.password))
        given: dict[FieldPath, Any] = dict.fromkeys(
            (registration.password, *registration.repetitions), password
        )
        for path, lesson in self._lessons.items():
            if lesson.get("drop"):
                given.pop(path, None)
            elif lesson.get("again") or is_password(path[-1]) or is_password_again(path[-1]):
                given[path] = password
            elif "domain" in lesson:
                given[path] = f"{'-'.join(words(seed))}@{lesson['domain']}"
            elif lesson.get("fresh") and lesson.get("type") == "integer":
                given[path] = _number(seed, lesson)
        given |= {(*registration.password[:-1], field): value for field, value in extra.items()}
        made = payload(self._contract, operation, seed, given, fill_all=self._fill_all)
        return self._hooks.served(operation.label, made)

    def _privileges(self, operation: Operation) -> Lessons:
        """Fields that lift an account above others are left out of "all that is offered": alice is an ordinary user."""
        if operation.body is None:
            return {}
        resolver, schema = self._contract.resolver, operation.body.schema
        optional = [
            p for p in self._fields(operation) if p[-1] not in resolver.required(resolver.at(schema, p[:-1]))
        ]
        return {path: {"drop": True} for path in optional if is_privileged(path[-1])}

    def _password(self, name: str, schema: Schema) -> str:
        longest, shortest = schema.get("maxLength"), schema.get("minLength")
        pattern = in_python(str(schema["pattern"])) if "pattern" in schema else None
        return self._secrets.password(
            name,
            longest if isinstance(longest, int) else None,
            shortest if isinstance(shortest, int) else 0,
            fits=lambda value: pattern is None or pattern.search(value) is not None,
        )

    def _complaint(self, exchange: Exchange) -> str:
        # Redacted before it is cut: half a secret is not recognised.
        said = self._secrets.redact(exchange.text)[:200]
        sent = self._secrets.redact(exchange.request_body.decode("utf-8", "replace"))[:200]
        return f"registration was refused: {exchange.method} {exchange.url} answered {exchange.status}: {said} (sent: {sent})"


def taught(resolver: Resolver, operation: Operation, lessons: Lessons) -> Operation:
    """The operation with a body whose schema says what was learnt as well."""
    if operation.body is None or not lessons:
        return operation
    schema = operation.body.schema
    for path, lesson in lessons.items():
        schema = _with(resolver, schema, path, lesson)
    return replace(operation, body=replace(operation.body, schema=schema))


def _with(resolver: Resolver, raw: object, path: FieldPath, lesson: Lesson) -> Schema:
    """The schema of an object with a lesson about one of its fields, which it then requires."""
    schema = resolver.resolve(raw)
    properties, required = dict(resolver.properties(schema)), list(resolver.required(schema))
    name = path[0]
    inner = properties.get(name, {"type": "object"} if len(path) > 1 else {"type": "string"})
    if len(path) > 1:
        properties[name] = _with(resolver, inner, path[1:], lesson)
    elif lesson.get("drop"):
        properties.pop(name, None)
        required = [one for one in required if one != name]
        return {**_plain(schema), "properties": properties, "required": required}
    else:
        properties[name] = _changed(resolver.resolve(inner), lesson)
    return {**_plain(schema), "properties": properties, "required": _including(required, name)}


def _plain(schema: Schema) -> dict[str, Any]:
    """Without alternatives: the first of them has been read already, with all that it requires."""
    return {key: value for key, value in schema.items() if key not in ("allOf", "anyOf", "oneOf", "$ref")} | {
        "type": "object"
    }


def _changed(schema: Schema, lesson: Lesson) -> Schema:
    """The lesson wins; another type, format or choice makes the old bounds meaningless."""
    said = {key: value for key, value in lesson.items() if key not in ("drop", "fresh", "domain", "again")}
    if {"type", "const", "enum"} & set(said):
        return said
    replaced = ("pattern",) if "format" in said else ("format",) if "pattern" in said else ()
    return {key: value for key, value in schema.items() if key not in replaced} | said


def _including(names: Iterable[str], name: str) -> list[str]:
    return list(dict.fromkeys((*names, name)))


def _number(seed: str, lesson: Lesson) -> int:
    """A whole number unlike others, ten digits long if that is allowed."""
    drawn = 5_550_000_000 + int(sha256(seed.encode()).hexdigest(), 16) % 10**7
    most = lesson.get("maximum")
    return drawn % (int(most) + 1) if isinstance(most, int | float) else drawn
