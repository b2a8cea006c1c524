"""How the document says that credentials are presented."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from compliance.contract.model import SecurityScheme
from compliance.contract.resolve import Resolver, mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

#: `prefix "Token"`, `Bearer {token}`, `Token <key>`: what an apiKey in the Authorization header begins with.
_PREFIX = re.compile(
    r"""prefix\W+(\w+)|\b([A-Za-z]+)\s+[\[{<]|\b([A-Za-z]+)\s+(?:token|jwt|your)\b""", re.IGNORECASE
)
#: The same before a key in another header, where nothing but the usual words is believed: "apiKey" is a bearer token to many.
_USUAL = re.compile(r"\b(Bearer|Token|JWT)\b(?=\s+[\W_]*[A-Za-z\"'`])", re.IGNORECASE)
_NO_PREFIX = frozenset(
    {"the", "a", "your", "is", "with", "of", "for", "jwt", "access", "format", "auth", "and", "or", "enter"}
)
_BEARER = re.compile(r"bearer|jwt", re.IGNORECASE)


def schemes_of(document: Mapping[str, Any], resolver: Resolver) -> tuple[SecurityScheme, ...]:
    """Every security scheme of the document, of 2.0 and of 3.x, in the document's order."""
    declared = mapping(mapping(document.get("components")).get("securitySchemes"))
    declared = declared or mapping(document.get("securityDefinitions"))
    return tuple(_scheme(str(name), resolver.follow(raw)) for name, raw in declared.items())


def _scheme(name: str, raw: Mapping[str, Any]) -> SecurityScheme:
    kind, description = str(raw.get("type") or ""), str(raw.get("description") or "")
    if kind == "apiKey":
        location, parameter = str(raw.get("in") or "header"), str(raw.get("name") or "")
        usual = _USUAL.search(description) if location == "header" else None
        scheme = usual[1] if usual else ""
        if parameter.lower() == "authorization":
            scheme = _prefix(name, description)
        return SecurityScheme(name, kind, location, parameter, scheme, description)
    if kind == "basic":
        return SecurityScheme(name, "http", "header", "Authorization", "basic", description)
    word = str(raw.get("scheme") or "").lower() if kind == "http" else ""
    if kind in ("oauth2", "openIdConnect"):
        word = "bearer"
    where = ("header", "Authorization") if word else ("", "")
    return SecurityScheme(name, kind, *where, word, description)


def _prefix(name: str, description: str) -> str:
    """The word before the key in the Authorization header, as the document spells it; empty where it says nothing."""
    for found in _PREFIX.finditer(description):
        word = next(group for group in found.groups() if group)
        if word.lower() not in _NO_PREFIX:
            return word
    return "Bearer" if _BEARER.search(f"{name} {description}") else ""
