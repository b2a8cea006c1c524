"""How a token may stand in a request: what the document, the answers and custom say of it, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compliance.contract.model import Contract
from compliance.contract.resolve import mapping
from compliance.target.credentials import Presentation
from compliance.target.tape import Exchange
from compliance.target.tokens import Place, unprefixed

#: What stands before a token in the header Authorization, most usual first.
SCHEMES = ("Bearer", "Token", "JWT", "")
#: Headers that hold a bare token where Authorization does not.
HEADERS = ("X-Auth-Token", "X-Access-Token", "X-API-Key")
#: Presentations that are tried with one read before the kit gives up.
PATIENCE = 8
_NAMED = re.compile(r"\b(Bearer|Token|JWT)\b(?=\s+[\W_]*[A-Za-z\"'`])", re.IGNORECASE)


def presentations(contract: Contract, token: str, place: Place, challenge: str = "") -> list[Presentation]:
    """Ways to present a token that was found at that place; `challenge` is the WWW-Authenticate of a refusal."""
    found = [
        *_of_place(place, token),
        *(one for scheme in security_schemes(contract) for one in _of_scheme(scheme)),
        *_of_challenge(challenge),
        *(Presentation(scheme=scheme) for scheme in SCHEMES),
        *(Presentation(header, "") for header in HEADERS),
    ]
    return list(dict.fromkeys(found))[:PATIENCE]


def security_schemes(contract: Contract) -> list[Mapping[str, Any]]:
    """The security schemes of the document, in its order."""
    components = mapping(mapping(contract.document.get("components")).get("securitySchemes"))
    old = mapping(contract.document.get("securityDefinitions"))
    return [contract.resolver.follow(scheme) for scheme in (*components.values(), *old.values())]


def speaks_basic(contract: Contract, refusals: Iterable[Exchange] = ()) -> bool:
    """Whether the document, or a refusal, asks for a name and a password with every request."""
    declared = any(
        scheme.get("type") == "basic"
        or (scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "basic")
        for scheme in security_schemes(contract)
    )
    return declared or any((e.header("www-authenticate") or "").lower().startswith("basic") for e in refusals)


def _of_place(place: Place, token: str) -> Iterator[Presentation]:
    """A cookie goes back as a cookie; a header goes back under its own name; a token may bring its scheme along."""
    scheme, _ = unprefixed(token)
    if place.kind == "cookie":
        yield Presentation(cookie=place.way[0])
    elif scheme:
        yield Presentation(scheme=scheme)
    elif place.kind == "header":
        yield Presentation(place.way[0], "")


def _of_scheme(scheme: Mapping[str, Any]) -> Iterator[Presentation]:
    kind, name = str(scheme.get("type")), str(scheme.get("name") or "")
    if kind in ("oauth2", "openIdConnect") or (
        kind == "http" and str(scheme.get("scheme")).lower() == "bearer"
    ):
        yield Presentation()
    elif kind == "http" and str(scheme.get("scheme")).lower() != "basic":
        yield Presentation(scheme=str(scheme.get("scheme")).title())
    elif kind == "apiKey" and scheme.get("in") == "cookie":
        yield Presentation(cookie=name)
    elif kind == "apiKey" and scheme.get("in") == "header" and name:
        # "apiKey" often means a bearer token; only the description says which word stands before it.
        said = [found.capitalize() for found in _NAMED.findall(str(scheme.get("description") or ""))]
        schemes = [*("JWT" if one == "Jwt" else one for one in said)]
        usual = SCHEMES if name.lower() == "authorization" else ("",)
        for word in dict.fromkeys((*schemes, *usual)):
            yield Presentation(name, word)


def _of_challenge(challenge: str) -> Iterator[Presentation]:
    scheme = challenge.strip().partition(" ")[0].rstrip(",")
    if scheme and scheme.lower() not in ("basic", "digest", "negotiate", "ntlm"):
        yield Presentation(scheme=scheme)
