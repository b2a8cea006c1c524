"""A violation as a result tells it: redacted, with its evidence and the script that repeats it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from compliance.catalogue import Violation
from compliance.result import Evidence
from compliance.target.errors import TargetGone
from compliance.target.evidence import evidence
from compliance.target.reach import Target
from compliance.target.script import script
from compliance.target.tape import Exchange

_log = logging.getLogger(__name__)

#: Exchanges of a violation that a report shows.
SHOWN_EXCHANGES = 4
#: Characters of the body that is shown of the request after which a service was gone.
SHOWN_BODY = 300
T = TypeVar("T")


def finding(target: Target, violation: Violation) -> dict[str, Any]:
    """The fields of the result. Raises nothing: without evidence or script a violation is still one."""
    redact = target.secrets.redact
    proof = [exchange for exchange in violation.proof if isinstance(exchange, Exchange)]

    def shown() -> tuple[Evidence, ...]:
        return tuple(evidence(exchange, target.secrets) for exchange in proof[-SHOWN_EXCHANGES:])

    nothing: tuple[Evidence, ...] = ()
    return {
        "cause": redact(violation.cause),
        "expected": redact(violation.expected),
        "observed": redact(violation.observed),
        "evidence": _unless_it_fails(shown, nothing),
        "script": _unless_it_fails(lambda: script(target, proof), ""),
    }


def farewell(target: Target, failure: TargetGone) -> str:
    """After what the service stopped answering: a sentence, the request with its body, and the script that sends it again.

    It is no finding. A service that is gone cannot be asked twice, and who stopped it nobody knows.
    """
    redact, last = target.secrets.redact, failure.last
    lines = [redact(str(failure))]
    if last is not None:
        body = redact(last.request_body.decode("utf-8", "backslashreplace"))
        lines.append(
            f"{last.actor} sent {last.method} {redact(last.url)}{f' with {_cut(body)}' if body else ''}"
        )
        repeat = _unless_it_fails(lambda: script(target, [last]), "")
        lines += ["Start it again and see whether this stops it:", "", repeat.rstrip()] if repeat else []
    return "\n".join(lines)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_BODY else f"{text[:SHOWN_BODY]} …"


def _unless_it_fails(show: Callable[[], T], nothing: T) -> T:
    try:
        return show()
    except Exception as failure:
        _log.debug("left out of a report: %s", type(failure).__name__)
        return nothing
