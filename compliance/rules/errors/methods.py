"""How a method is refused."""

from __future__ import annotations

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.target.reach import Target


@rule(
    "ERR-003",
    "A refused method names the allowed ones",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.TAPE,
)
def refused_methods_name_the_allowed(target: Target, _: Service) -> None:
    """
    Why: RFC 9110 section 15.5.6 has the answer 405 carry the methods that would do.

    Breaks: a handler that renders 405 anew and drops `exc.headers`

    Conforms: `JSONResponse(..., status_code=405, headers=exc.headers)`
    """
    refusals = [exchange for exchange in target.tape if exchange.status == 405]
    if not refusals:
        raise Untested("no request was answered 405")
    for exchange in refusals:
        if exchange.header("allow") is None:
            raise Violation("405 without Allow", "an Allow header", "none", [exchange])
