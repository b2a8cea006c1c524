"""Passwords in answers and in the schemas of answers."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote_plus

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.fields import is_stored_password, password_field
from compliance.contract.model import Contract, Operation, Service
from compliance.contract.subjects import operations
from compliance.target.reach import Target
from compliance.target.scanning import Finder
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: How a form or a login refuses what it was sent.
REFUSALS = (400, 401, 403, 422)


def services_with_passwords(contract: Contract) -> Iterable[Service]:
    """The service, where an operation takes a password in any way."""
    takes = any(password_field(contract.resolver, operation.body) for operation in contract.operations)
    return [contract.service] if takes or contract.logins or contract.registrations else []


@rule(
    "SEC-001",
    "A password never comes back",
    level=Level.MUST,
    subjects=services_with_passwords,
    phase=Phase.TAPE,
    needs={Need.WRITES},
)
def passwords_never_come_back(target: Target, _: Service) -> None:
    """
    Why: answers are logged, cached and shown; what stands in them is known to many.

    Breaks: a 422 that returns `exc.errors()` with its `input`, or `"body": exc.body`

    Conforms: `[{"loc": e["loc"], "msg": e["msg"], "type": e["type"]} for e in exc.errors()]`
    """
    # What a person gave may be a word that answers hold anyway: it shows that a login works, and is not looked for.
    canaries = target.secrets.passwords
    passwords = {*canaries.values(), *(actor.password for actor in target.actors.values() if actor.password)}
    carried, finder = 0, Finder(canaries)
    seen: set[str] = set()
    for exchange in target.tape:
        carried += exchange.ok and _carries(exchange, passwords)
        answer = exchange.text + "\n".join(value for _, value in exchange.headers)
        found = finder.find(answer) if answer not in seen else None
        seen.add(answer)
        if found is not None:
            purpose, encoding = found
            raise Violation(
                "an answer holds the password that was sent",
                "no password in any answer",
                f"the password of {purpose} ({encoding}) in an answer with status {exchange.status}",
                [exchange],
            )
    if not carried:
        raise Untested("no request that carried a password succeeded")
    if not any(
        (exchange.status in REFUSALS or says_no(exchange)) and _carries(exchange, canaries.values())
        for exchange in target.tape
    ):
        raise Untested("no refused request carried a password: its echo is the usual leak")


def _carries(exchange: Exchange, passwords: Iterable[str]) -> bool:
    sent = exchange.request_body.decode("utf-8", "replace")
    return any(secret in sent or quote_plus(secret) in sent for secret in passwords)


@rule(
    "SEC-002",
    "No response schema carries a password",
    level=Level.MUST,
    subjects=operations,
    phase=Phase.HANDSHAKE,
)
def no_schema_carries_a_password(target: Target, operation: Operation) -> None:
    """
    Why: what a response schema names, some day an answer holds.

    Breaks: `response_model=UserInDB` with `hashed_password: str`

    Conforms: a response schema of its own, without the field
    """
    resolver = target.contract.resolver
    for status, response in operation.responses.items():
        if response.schema is None or not status.startswith("2"):
            continue
        for path, schema in resolver.walk(response.schema, depth=4, into_arrays=True):
            if (
                is_stored_password(path[-1])
                and not schema.get("writeOnly")
                and resolver.type_of(schema) in ("string", None)
            ):
                raise Violation(
                    "a response schema has a password",
                    "no such field",
                    f"{'.'.join(path)} in the answer {status}",
                )
