"""That there is an answer, and that an address which leads nowhere says so."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.unknown import unknown_path
from compliance.target.wire import Request

#: Dropped requests that are sent again, each of another operation.
MOST = 5
#: Bytes of a body from which on a connection may be closed while it is still being sent.
LARGE = 100_000
#: How an unknown path is answered: gone for good, or by a guard who asks before anything is looked up.
ANSWERS = (404, 410, 401, 403)


@rule(
    "ERR-004",
    "Every request gets an answer",
    level=Level.MUST,
    subjects=service,
    phase=Phase.TAPE,
)
def every_request_gets_an_answer(target: Target, _: Service) -> None:
    """
    Why: who gets no answer cannot know whether the work was done, and doing it again may do it twice.

    Breaks: a `StreamingResponse` whose generator fails after the status was sent

    Conforms: a body that is made before its status leaves, and a handler for all other exceptions
    """
    one_each = {(sent.operation, sent.method): sent for sent in target.client.dropped if _is_small(sent)}
    for sent in list(one_each.values())[:MOST]:
        if _is_dropped_again(target, sent) and _is_dropped_again(target, sent):
            raise Violation(
                "a connection is dropped without an answer",
                "an answer",
                "none, on two fresh connections",
                [sent],
            )
    if not any(exchange.ok for exchange in target.tape):
        raise Untested("no request of the run succeeded")
    if not any(400 <= exchange.status < 500 or says_no(exchange) for exchange in target.tape):
        raise Untested("the service refused nothing, so that nothing shows how it meets what is wrong")


def _is_small(sent: Exchange) -> bool:
    return len(sent.request_body) < LARGE


def _is_dropped_again(target: Target, sent: Exchange) -> bool:
    """Whether a fresh connection is dropped too, by a service that answers other requests. Raises Untested, TargetGone."""
    dropped = target.client.drops(sent)
    if dropped:
        target.client.send(Request("GET", "/"))  # else it is the service that is away
    return dropped


@rule(
    "ERR-011",
    "An unknown path is answered 404",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.READ,
)
def unknown_paths_are_not_found(target: Target, _: Service) -> None:
    """
    Why: a client with a wrong address that gets 200 takes a page of HTML for its data.

    Breaks: `@app.get("/{path:path}")` that answers the start page of a web application, below `/api` too

    Conforms: the start page outside of `/api` alone
    """
    if not any(exchange.ok for exchange in target.tape) and not any(answer.ok for answer in _plain(target)):
        raise Untested("no request of the run succeeded before, so that 404 says nothing")
    path, below_a_prefix = unknown_path(target.contract, target.tag)
    if not path:
        raise Untested(
            "the document has paths that begin with a parameter, so that any path may be one of them"
        )
    answer = target.send(Request("GET", path))
    if not answer.ok or says_no(answer):
        if answer.status in ANSWERS:
            return
        raise Untested(f"{answer}: neither found nor not found")
    if "html" in answer.media_type and not below_a_prefix:
        raise Untested(f"{answer}: the API has no prefix, and a web application may begin at the root")
    raise Violation("an unknown path is answered as if it were known", "404", str(answer.status), [answer])


def _plain(target: Target) -> Iterator[Exchange]:
    """Answers to what anybody may read without naming anything."""
    for operation in target.contract.operations:
        if (
            operation.method == "GET"
            and not operation.path_parameters
            and not target.restraint.why(operation)
        ):
            yield target.call(operation)
