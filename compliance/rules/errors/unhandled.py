"""Exceptions that nobody expected, at the place where they come from."""

from __future__ import annotations

from compliance.catalogue import Level, Phase, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.inside import Watch


@rule(
    "ERR-001",
    "No request is answered with a server error",
    level=Level.MUST,
    subjects=service,
    phase=Phase.TAPE,
    depth="inside",
)
def exceptions_are_handled(watch: Watch, _: Service) -> None:
    """
    Why: the status says that something broke; the place says what has to be mended.

    Breaks: `int(payload["sub"])` for a token whose subject is no number, and nobody who catches the ValueError

    Conforms: input that is validated where it comes in, and exceptions that a handler turns into 4xx
    """
    found = [
        (served, one)
        for served in watch.requests
        for one in served.failures
        if not one.late and (served.status >= 500 or not served.status)
    ]
    if found:
        # The one that is told has a place, where any has one: it is the first of those that are shown.
        served, failure = next(((served, one) for served, one in found if one.place), found[0])
        others = [kind for kind in dict.fromkeys(one.kind for _, one in found) if kind != failure.kind]
        beside = f"; elsewhere {', '.join(others)}" if others else ""
        raise Violation(
            f"{failure.kind} is not handled",
            "an exception that a handler of the application answers",
            f"{failure.kind} in {served.label}, answered {served.status or 'by the server itself'}{beside}",
            [*dict.fromkeys(one.place for _, one in found if one.place), served],
        )
