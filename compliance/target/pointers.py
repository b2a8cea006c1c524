"""What a page of documentation says of its document: where it is, or the document itself within the page.

Pure: text in, addresses out. It reads the ways of Swagger UI (also through its initialising scripts and its remote
configuration), ReDoc, Scalar, RapiDoc and Stoplight Elements, whoever serves them.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from compliance.target.reading import is_document

_TEXT = r"""(["'`])((?:(?!\1)[^\\\n]|\\.){1,2000})\1"""
#: `url: "…"`, `"url": "…"`, `specUrl = page + "?format=openapi"`, `Redoc.init("…")`, `spec-url="…"`.
_ADDRESS = re.compile(
    r"""(?:["']?\b(?:spec_?|definition_?|schema_?)?url["']?\s*:\s*"""
    r"""|\b\w*spec_?url\s*=\s*(?:[\w.]+\s*\+\s*)?"""
    r"""|\bRedoc\.init\(\s*"""
    r"""|\b(?:spec-url|data-url|apiDescriptionUrl)\s*=\s*)(?:[\w.]+\(\s*)?""" + _TEXT,
    re.IGNORECASE,
)
_CONFIGURATION = re.compile(r"""\bconfigUrl["']?\s*[:=]\s*""" + _TEXT)
#: Scripts that begin a user interface; its library beside them is large and says nothing.
_SCRIPT = re.compile(
    r"""<script[^>]{0,500}\bsrc\s*=\s*["']([^"']{0,500}(?:swagger[-_.]?initializer|swagger[-_.]?ui[-_.]?init|swagger[-_.]?config|"""
    r"""/index|^index|\./index)\.js[^"']{0,500})["']""",
    re.IGNORECASE,
)
_EMBEDDED = re.compile(
    r"""(?:["']?\b(?:swaggerDoc|spec|content)["']?\s*[:=]\s*|>\s*)(?=\{)|(?=\{\s*"(?:openapi|swagger)"\s*:)"""
)
#: Other pages name addresses as well, which are none of the kit's business.
_DOCUMENTATION = re.compile(
    "swagger|redoc|scalar|rapi-?doc|openapi|elements-api|api-reference", re.IGNORECASE
)
#: How many addresses of a page are tried.
_ADDRESSES = 10
#: How many braces of a page are tried for a document.
_TRIES = 50


@dataclass(frozen=True)
class Pointers:
    """Absolute URLs that a page names, in its order, and the document that it holds itself."""

    documents: tuple[str, ...] = ()
    configurations: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    embedded: str = ""


def pointers(text: str, place: str, page: str = "") -> Pointers:
    """What the text of a page, or of a script of it, points to. A script's addresses are relative to its page."""
    if not _DOCUMENTATION.search(text):
        return Pointers()
    base = page or place
    plain = html.unescape(text) if "<" in text[:1000] else text
    return Pointers(
        documents=_absolute((found[2] for found in _ADDRESS.finditer(plain)), base),
        configurations=_absolute((found[2] for found in _CONFIGURATION.finditer(plain)), base),
        scripts=_absolute((found[1] for found in _SCRIPT.finditer(plain)), place),
        embedded=_embedded(text),
    )


def configured(configuration: Any, place: str) -> tuple[str, ...]:
    """The documents that a remote configuration of Swagger UI names: its `url`, then those of its `urls`."""
    if not isinstance(configuration, Mapping):
        return ()
    several = configuration.get("urls")
    named = [configuration.get("url")]
    named += (
        [one.get("url") for one in several if isinstance(one, Mapping)]
        if isinstance(several, Sequence)
        else []
    )
    return _absolute((one for one in named if isinstance(one, str) and one), place)


def _absolute(addresses: Iterator[str], base: str) -> tuple[str, ...]:
    found = []
    for address in addresses:
        try:
            found.append(urljoin(base, _unescaped(address)))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))[:_ADDRESSES]


def _unescaped(address: str) -> str:
    r"""A text of JavaScript as it is meant: templates write `\u002D` for a hyphen and `\/` for a slash."""
    spelled = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), address)
    return re.sub(r"\\(.)", r"\1", spelled).strip()


def _embedded(text: str) -> str:
    """The text of the document within a page, empty where there is none."""
    decoder = json.JSONDecoder()
    for count, found in enumerate(_EMBEDDED.finditer(text)):
        if count >= _TRIES:
            break
        try:
            content, end = decoder.raw_decode(text, found.end())
        except (ValueError, RecursionError):
            continue
        if is_document(content) and isinstance(content.get("paths"), Mapping):
            return text[found.end() : end]
    return ""
