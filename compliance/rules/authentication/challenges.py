"""How a refusal for want of credentials is put."""

from __future__ import annotations

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import guarding_services
from compliance.target.reach import Target


@rule(
    "AUT-005",
    "A refusal for want of credentials names the scheme",
    level=Level.SHOULD,
    subjects=guarding_services,
    phase=Phase.TAPE,
)
def refusals_name_the_scheme(target: Target, _: Service) -> None:
    """
    Why: RFC 9110 section 15.5.2 has a client learn from the challenge how to authenticate.

    Breaks: `HTTPException(401)` without headers

    Conforms: `headers={"WWW-Authenticate": "Bearer"}`
    """
    refusals = [exchange for exchange in target.tape if exchange.status == 401]
    if not refusals:
        raise Untested("no request was answered 401")
    for exchange in refusals:
        if not exchange.header("www-authenticate"):
            raise Violation("401 without a challenge", "a WWW-Authenticate header", "none", [exchange])
