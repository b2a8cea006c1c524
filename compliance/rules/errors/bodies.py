"""Bodies that cannot be read, or are not what an operation takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation, Service
from compliance.target import odd
from compliance.target.actors import sent_body
from compliance.target.births import answered, texts
from compliance.target.hostile import Attempt, Tried
from compliance.target.listing import whole
from compliance.target.reach import Target

#: The answers that speak of the body.
ABOUT_THE_BODY = (400, 413, 415, 422)
#: Bytes of what an operation gets that needs a hundred, and operations that get it.
HUGE, SOME = 10_000_000, 2
#: What stands around a text in JSON and in XML.
_BETWEEN = re.compile(r'["<>]')


def takes_an_object(contract: Contract) -> Iterable[Operation]:
    """Operations that take an object as JSON."""
    kind = contract.resolver.type_of
    return [o for o in contract.operations if o.body and o.body.is_json and kind(o.body.schema) == "object"]


def services_that_take_bodies(contract: Contract) -> Iterable[Service]:
    """The service, where an operation takes an object."""
    return [contract.service] if takes_an_object(contract) else []


@rule(
    "ERR-006",
    "A body that cannot be read is refused",
    level=Level.MUST,
    subjects=takes_an_object,
    phase=Phase.DESTRUCTIVE,
    needs={Need.WRITES},
)
def unreadable_bodies_are_refused(target: Target, operation: Operation) -> None:
    """
    Why: what was not understood must not be carried out; guessing what was meant is no validation.

    Breaks: `json.loads(await request.body() or "{}")`, and `decode("utf-8", "ignore")` before it

    Conforms: a parameter `body: UserCreate`, which the framework reads and checks
    """
    tried = target.hostile.on(operation)
    attempts = tried.of(*odd.UNREADABLE)
    for attempt in attempts:
        if tried.accepts(attempt):
            observed = f"{attempt.odd.kind} is answered {attempt.exchange.status}"
            raise Violation(
                f"{attempt.odd.kind} is accepted", "400, 413, 415 or 422", observed, [attempt.exchange]
            )
    _must_have_no_effect(target, tried, attempts)
    for attempt in attempts:
        if attempt.exchange.status not in ABOUT_THE_BODY and not attempt.exchange.ok:
            raise Untested(f"{attempt.exchange}: {attempt.odd.kind} is neither accepted nor refused as such")


def _must_have_no_effect(target: Target, tried: Tried, attempts: list[Attempt]) -> None:
    """Raises Violation where a text of a refused body alone is found in the row, or in a list of what was created."""
    taken = {text for one in target.tape if one.ok for text in texts(sent_body(one), target.tag)}
    sent = {
        text: attempt.exchange
        for attempt in attempts
        for text in texts([*_words(attempt.odd.content)], target.tag) - taken
    }
    resource = target.contract.resource_of(tried.operation)
    shown = texts(answered(tried.look), target.tag) if tried.look else set()
    if resource is not None and resource.create is tried.operation and resource.listing and sent:
        try:
            shown = texts(whole(target, resource.listing)[0], target.tag)
        except Untested:
            shown = set()
    for text in sorted(shown & sent.keys()):
        raise Violation("a refused body is carried out", "no effect", "its text is kept", [sent[text]])


def _words(content: bytes) -> Iterable[str]:
    """What stands in quotes."""
    return content.decode("utf-8", "replace").split('"')


@rule(
    "ERR-007",
    "A body of another media type is refused",
    level=Level.SHOULD,
    subjects=takes_an_object,
    phase=Phase.DESTRUCTIVE,
    needs={Need.WRITES},
)
def other_types_are_refused(target: Target, operation: Operation) -> None:
    """
    Why: a page of another site may send plain text to a service in its visitor's name, and JSON not.

    Breaks: `json.loads(await request.body())`, whatever the type says

    Conforms: a parameter `body: UserCreate`, which is read from JSON alone
    """
    tried, unread = target.hostile.on(operation), ""
    for attempt in tried.of(*odd.OTHER_TYPES):
        if tried.accepts(attempt) and not _was_read(target, attempt):
            unread = (
                f"{attempt.exchange}: {attempt.odd.kind} is answered well, and nothing shows that it was read"
            )
        elif tried.accepts(attempt):
            observed = f"{attempt.odd.kind} is answered {attempt.exchange.status}"
            raise Violation(
                f"{attempt.odd.kind} is taken for JSON", "415, 400 or 422", observed, [attempt.exchange]
            )
        if not 400 <= attempt.exchange.status < 500 and not attempt.exchange.ok:
            raise Untested(f"{attempt.exchange}: {attempt.odd.kind} is neither accepted nor refused")
    if unread:
        raise Untested(unread)


def _was_read(target: Target, attempt: Attempt) -> bool:
    """Whether a body had an effect: a row, or a text that comes back. Some update nothing with what they do not read."""
    sent = _BETWEEN.split(attempt.odd.content.decode("utf-8", "replace"))
    shown = texts(answered(attempt.exchange), target.tag)
    return target.ledger.made_by(attempt.exchange) is not None or not shown.isdisjoint(sent)


@rule(
    "ERR-008",
    "An oversized body is refused",
    level=Level.SHOULD,
    subjects=services_that_take_bodies,
    phase=Phase.DESTRUCTIVE,
    needs={Need.WRITES, Need.DESTRUCTIVE},
)
def oversized_bodies_are_refused(target: Target, _: Service) -> None:
    """
    Why: a service that reads whatever comes can be filled up by a few clients.

    Breaks: an application without a limit, and no proxy in front of it that has one

    Conforms: a middleware that answers 413 to more than a megabyte, or `client_max_body_size 1m` in a proxy
    """
    decided, reasons = 0, ["the document shows no operation that takes an object"]
    for operation in takes_an_object(target.contract):
        try:
            tried = target.hostile.on(operation)
            tried.of(*odd.UNREADABLE)
            answer = target.hostile.send(operation, _padded)
        except Untested as reason:
            reasons.append(str(reason))
            continue
        if tried.accepts(Attempt(odd.Odd("ten megabytes", b""), answer)):
            observed = f"it is answered {answer.status}"
            raise Violation("a body of ten megabytes is accepted", "413", observed, [answer])
        if not 400 <= answer.status < 500 and not answer.ok:
            reasons.append(f"{answer}: a body of ten megabytes is neither accepted nor refused")
            continue
        decided += 1
        if decided == SOME:
            return
    if not decided:
        raise Untested(reasons[-1])


def _padded(body: dict[str, object]) -> bytes:
    """A body that is right, and has blanks that make it long: no limit of a field keeps it out."""
    return json.dumps(body).encode() + b" " * HUGE
