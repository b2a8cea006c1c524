"""Redirects: between two forms of a path, and to a host that whoever asked has named."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation, Service
from compliance.contract.subjects import lists, service
from compliance.rules.surface.methods import a_plain_read
from compliance.target.addressing import query_values
from compliance.target.controls import must_succeed
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.wire import Request

#: A host that nobody has (RFC 6761).
FOREIGN = "elsewhere.invalid"
REDIRECTS = (301, 302, 303, 307, 308)


@rule(
    "SUR-004",
    "A trailing slash causes no redirect",
    level=Level.SHOULD,
    subjects=lists,
    phase=Phase.READ,
    needs={Need.USER},
)
def slashes_cause_no_redirect(target: Target, listing: ListOperation) -> None:
    """
    Why: a redirect loses the body or the credentials with some clients, and costs a round trip with all.

    Breaks: `FastAPI()`, which redirects from one form to the other

    Conforms: `FastAPI(redirect_slashes=False)`, with both forms served, or 404 for one
    """
    operation = listing.operation
    if operation.path_parameters and operation.path.endswith("}"):
        raise NotApplicable("the path ends with an identifier")
    request = _list_request(target, listing)
    must_succeed(target.send(request))
    other = target.send(replace(request, path=_toggled(request.path), operation=""))
    if other.status in REDIRECTS and _leads_to(other, request.path):
        raise Violation(
            "a trailing slash causes a redirect",
            "the list, or 404",
            f"{other.status} to {other.header('location')}",
            [other],
        )


@rule(
    "SUR-005",
    "A redirect does not take its host from the request",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.READ,
    needs={Need.USER},
)
def redirects_keep_their_host(target: Target, _: Service) -> None:
    """
    Why: behind a cache, one redirect that was built from a Host header sends everybody to the attacker's site.

    Breaks: `RedirectResponse(request.url_for(...))` behind a server that takes any host

    Conforms: `TrustedHostMiddleware(allowed_hosts=[...])`, or `Location: /path`
    """
    operation, genuine = a_plain_read(target)
    like = target.request(operation, target.caller(operation))
    path = target.client.below(genuine.url)
    for where in (path, _toggled(path)):
        asked = replace(like, path=where, operation="", headers=(*like.headers, ("Host", FOREIGN)))
        answer = target.send(asked)
        if answer.status in REDIRECTS and _host_of(answer) == FOREIGN:
            raise Violation(
                "a redirect goes to the host that was asked for",
                "the service's own host, a path, or a refusal",
                f"{answer.status} to {answer.header('location')}",
                [answer],
            )
        if answer.status >= 500:
            raise Untested(f"{answer}: neither an answer nor a refusal of a foreign host")


def _list_request(target: Target, listing: ListOperation) -> Request:
    operation = listing.operation
    if reason := target.restraint.why(operation):
        raise Untested(reason)
    actor = target.caller(operation)
    values = target.path_values(operation, target.alice)
    return target.request(operation, actor, values, params=query_values(target, operation, target.alice))


def _toggled(path: str) -> str:
    """The path with a slash at its end, or without the one that it has."""
    way, mark, query = path.partition("?")
    return (way[:-1] if way.endswith("/") and way != "/" else f"{way}/") + mark + query


def _leads_to(answer: Exchange, path: str) -> bool:
    """Whether a redirect names that path, on whatever host: not a login page, and not another version."""
    named = urlsplit(answer.header("location") or "").path.rstrip("/")
    return bool(named) and (
        urlsplit(answer.url).path.rstrip("/") == named or named.endswith(path.rstrip("/"))
    )


def _host_of(answer: Exchange) -> str | None:
    return urlsplit(answer.header("location") or "").hostname
