"""How a refusal for want of credentials is put."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import guarding_services
from compliance.target.challenges import challenges
from compliance.target.denials import is_client_error
from compliance.target.guards import shown_credentials
from compliance.target.presented import bearer_token, shows_a_bad_token, shows_none
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: What a request that is refused for its credentials lacks.
MISSING, BAD = "missing credentials", "bad tokens"


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


@rule(
    "AUT-016",
    "Missing or refused credentials are answered 401",
    level=Level.SHOULD,
    subjects=guarding_services,
    phase=Phase.TAPE,
    needs={Need.USER},
)
def refusals_are_401(target: Target, _: Service) -> None:
    """
    Why: 403 tells a client that to log in is useless, and 404 that it mistook the path.

    Breaks: `raise HTTPException(403, "Could not validate credentials")`

    Conforms: `raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": "Bearer"})`
    """
    proper = 0
    for sort, refusals in _refused_for_credentials(target).items():
        for refusal, success in refusals:
            proper += refusal.status == 401
            # One answer to one forged token may be that of a wall in front of the service.
            alike = [one for one, _ in refusals if one.status == refusal.status]
            if refusal.status != 401 and (sort == MISSING or len(alike) > 1):
                raise Violation(
                    f"{sort} are answered {refusal.status}",
                    "401",
                    f"{refusal.status}, where the same request with credentials got {success.status}",
                    [success, refusal],
                )
    if not proper:
        raise Untested("no request was refused for its credentials that succeeded with the right ones")


def _refused_for_credentials(target: Target) -> dict[str, list[tuple[Exchange, Exchange]]]:
    """Refused requests, each with the success that the very same request had later, with credentials of somebody's."""
    logins = {login.operation.label for login in target.contract.logins}
    successes: dict[tuple[str, str, bytes], Exchange] = {}
    found: dict[str, list[tuple[Exchange, Exchange]]] = {MISSING: [], BAD: []}
    for exchange in reversed(target.tape.exchanges):
        request = (exchange.method, exchange.url, exchange.request_body)
        bad = shows_a_bad_token(target, exchange)
        if exchange.ok and not (bad or shows_none(exchange) or says_no(exchange)):
            successes[request] = exchange
        if not is_client_error(exchange) or exchange.operation in logins or request not in successes:
            continue
        if bad or shows_none(exchange):
            found[BAD if bad else MISSING].append((exchange, successes[request]))
    return found


@rule(
    "AUT-017",
    "The challenge tells a bad token from a missing one",
    level=Level.SHOULD,
    subjects=guarding_services,
    phase=Phase.TAPE,
)
def challenges_tell_bad_from_missing(target: Target, _: Service) -> None:
    """
    Why: a client renews a token that ended in silence, and asks its user only where there is none.

    Breaks: `WWW-Authenticate: Bearer` for everything

    Conforms: `WWW-Authenticate: Bearer error="invalid_token"` for a bad token, `WWW-Authenticate: Bearer` for none
    """
    # Elsewhere credentials may be in the body, as in a login, or a renewal.
    closed = {one.operation for one in target.tape if one.ok and shown_credentials(one)}
    seen: set[str] = set()
    for exchange in target.tape:
        asked = [one for one in challenges(exchange) if one.scheme == "bearer"]
        if exchange.status != 401 or not asked or exchange.operation not in closed:
            continue
        errors = {challenge.parameters.get("error", "") for challenge in asked}
        if shows_none(exchange):
            seen.add(MISSING)
            if errors != {""}:
                what, wanted = "an error code where no credentials were sent", "a challenge without an error"
                raise Violation(what, wanted, f'error="{max(errors)}"', [exchange])
        elif bearer_token(exchange) and shows_a_bad_token(target, exchange):
            seen.add(BAD)
            if "invalid_token" not in errors:
                what, wanted = "a bad token is not called one", 'error="invalid_token"'
                raise Violation(what, wanted, exchange.header("www-authenticate") or "", [exchange])
    schemes = {challenge.scheme for exchange in target.tape for challenge in challenges(exchange)}
    if schemes and "bearer" not in schemes:
        raise NotApplicable("no refusal names the scheme Bearer")
    if seen != {MISSING, BAD}:
        raise Untested("no refusal of both a missing and a bad token names the scheme Bearer")
