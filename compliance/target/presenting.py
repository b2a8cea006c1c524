"""How a token may stand in a request: what the document, the answers and custom say of it, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliance.contract.model import Contract, SecurityScheme
from compliance.target.credentials import Presentation
from compliance.target.tape import Exchange
from compliance.target.tokens import Place, unprefixed

#: What stands before a token in the header Authorization, most usual first.
SCHEMES = ("Bearer", "Token", "JWT", "")
#: Headers that hold a bare token where Authorization does not.
HEADERS = ("X-Auth-Token", "X-Access-Token", "X-API-Key")
#: Presentations that are tried with one read before the kit gives up.
PATIENCE = 8


def presentations(contract: Contract, token: str, place: Place, challenge: str = "") -> list[Presentation]:
    """Ways to present a token that was found at that place; `challenge` is the WWW-Authenticate of a refusal."""
    found = [
        *_of_place(place, token),
        *(one for scheme in contract.schemes for one in _of_scheme(scheme)),
        *_of_challenge(challenge),
        *(Presentation(scheme=scheme) for scheme in SCHEMES),
        *(Presentation(header, "") for header in HEADERS),
    ]
    return list(dict.fromkeys(found))[:PATIENCE]


def speaks_basic(contract: Contract, refusals: Iterable[Exchange] = ()) -> bool:
    """Whether the document, or a refusal, asks for a name and a password with every request."""
    declared = any((scheme.kind, scheme.scheme) == ("http", "basic") for scheme in contract.schemes)
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


def _of_scheme(scheme: SecurityScheme) -> Iterator[Presentation]:
    """What is declared; the word before a key in a header is what its description says, if it says one."""
    if scheme.kind == "apiKey" and scheme.location == "cookie":
        yield Presentation(cookie=scheme.parameter)
    elif scheme.kind == "apiKey" and scheme.location == "header" and scheme.parameter:
        usual = SCHEMES if scheme.parameter.lower() == "authorization" else ("",)
        for word in dict.fromkeys((*filter(None, [scheme.scheme]), *usual)):
            yield Presentation(scheme.parameter, word)
    elif scheme.kind != "apiKey" and scheme.scheme not in ("", "basic"):
        yield Presentation(scheme=scheme.scheme.title())


def _of_challenge(challenge: str) -> Iterator[Presentation]:
    scheme = challenge.strip().partition(" ")[0].rstrip(",")
    if scheme and scheme.lower() not in ("basic", "digest", "negotiate", "ntlm"):
        yield Presentation(scheme=scheme)
