"""What errors show of the inside of a service."""

from __future__ import annotations

from urllib.parse import unquote_plus

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.target.inside import inside_of
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: Kinds of errors from which on it says something that none of them shows anything.
ENOUGH = 2
#: Characters of what is shown that a finding quotes.
QUOTED = 80


@rule(
    "SEC-005",
    "An error does not show the inside of the service",
    level=Level.MUST,
    subjects=service,
    phase=Phase.TAPE,
)
def errors_show_no_inside(target: Target, _: Service) -> None:
    """
    Why: it tells an attacker what runs there, and the text of a database exception quotes the row.

    Breaks: `HTTPException(400, detail=str(error))` around an exception of the database

    Conforms: `HTTPException(409, "This e-mail address is taken")`, and the exception in the log
    """
    errors = [one for one in target.tape if one.status >= 400 or says_no(one)]
    for error in errors:
        shown = inside_of(error.text, _sent(error))
        if shown is not None:
            sign, place = shown
            raise Violation(
                f"an error shows {sign}",
                "a message of the service's own",
                f"{place[:QUOTED]} in an answer with status {error.status}",
                [error],
            )
    if not any(one.ok and not says_no(one) for one in target.tape):
        raise Untested("no request of the run succeeded")
    if len({error.status for error in errors}) < ENOUGH:
        raise Untested("too few kinds of errors were answered to speak of all")


def _sent(exchange: Exchange) -> str:
    """What the client sent, also as JSON writes it."""
    body = exchange.request_body.decode("utf-8", "replace")
    return "\n".join((unquote_plus(exchange.url), body, unquote_plus(body), body.replace('\\"', '"')))
