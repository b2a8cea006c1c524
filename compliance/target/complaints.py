"""Reading a refusal: its sentences, and the fields of the body that each of them is about.

Services complain in many forms: FastAPI `loc`, Django REST `{"field": ["…"]}`, NestJS `message: ["password must …"]`,
Spring and .NET `errors`, plain sentences. All of them name a field: in a key, beside the text, or in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.catalogue import Untested
from compliance.contract.fields import is_password, is_password_again
from compliance.contract.model import FieldPath
from compliance.contract.paths import normal, vocabulary, words
from compliance.target.tape import Exchange

#: Keys beside a complaint that say which field it is about.
_POINTERS = vocabulary(
    "loc field path param property propertypath propertyname pointer attribute key instancepath fieldname source"
)
#: Keys whose texts are no complaints.
_DULL = vocabulary(
    "type code status statuscode timestamp trace traceid url uri input rejectedvalue value ctx error_id success "
    "title objectname bindingfailure requestid instance stack"
)
#: Keys that name no field.
_WRAPPERS = vocabulary(
    "detail details error errors message messages msg reason description defaultmessage nonfielderrors body data "
    "violations issues fielderrors formerrors constraints response result root"
)
REQUIRED = re.compile(
    r"\brequired\b|\bmissing\b|\b(must|should|may|can|cannot|can't)\b.{0,6}\bnot\b.{0,5}\b(be )?(blank|empty|null|none)"
    r"|(cannot|can't) be (blank|empty|null)|not provided|is (blank|empty|null|undefined)|please (enter|provide)"
    r"|no .{1,30} (given|provided)",
    re.IGNORECASE,
)
_NAMED_MISSING = re.compile(
    r"(?:missing|required)(?: required)?(?: (?:field|parameter|property|key|attribute|argument)s?)?:? ['\"`]?(\w+)"
    r"|['\"`]?(\w+)['\"`]?(?: field| property)? (?:is|are) (?:required|missing)"
    r"|^['\"`]?(?!you|it|this|value|please)(\w+)['\"`]? (?:should|must|may|can|cannot|can't) (?:not )?be (?:blank|empty|null)",
    re.IGNORECASE,
)
TAKEN = re.compile(
    r"already|taken|duplicate|\bin use\b|must be unique|not unique|\bexists\b|not available", re.IGNORECASE
)
MATCH = re.compile(
    r"(password|they).{0,40}(not|n't|must|should|to) (be )?(the )?(match|same|identical|equal)|mismatch|confirm",
    re.I,
)
#: Characters of a sentence that are read.
_LONGEST = 400


@dataclass(frozen=True)
class Complaint:
    """One sentence of a refusal, and the keys and pointers around it, the nearest last."""

    names: tuple[str, ...]
    text: str


def complaints(exchange: Exchange) -> Iterator[Complaint]:
    """Every sentence in an answer that may say what was wrong."""
    try:
        body = exchange.json()
    except Untested:
        if "html" not in exchange.media_type:
            yield from _sentences((), exchange.text[:1000])
        return
    yield from _walk(body, ())


def _walk(value: Any, above: tuple[str, ...]) -> Iterator[Complaint]:
    if isinstance(value, str):
        yield from _sentences(above, value)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, above)
    elif isinstance(value, Mapping):
        pointers = tuple(
            part for key, inner in value.items() if normal(str(key)) in _POINTERS for part in _parts(inner)
        )
        for key, inner in value.items():
            name = normal(str(key))
            if name not in _POINTERS and (name not in _DULL or isinstance(inner, dict | list)):
                yield from _walk(inner, (*above, *pointers, *_parts(str(key))))


def _parts(pointer: Any) -> tuple[str, ...]:
    """The names on the way that a pointer states: `body.user.email`, `/data/email`, `["body", "email"]`, `$.email`."""
    if isinstance(pointer, list):
        return tuple(part for one in pointer for part in _parts(one))
    if isinstance(pointer, Mapping):
        return tuple(part for one in pointer.values() for part in _parts(one))
    return tuple(part for part in re.split(r"[./\[\]$\s]+", str(pointer)) if part)


def _sentences(names: tuple[str, ...], text: str) -> Iterator[Complaint]:
    for sentence in re.split(r"[;\n]|(?<=\w\w)\. ", text):
        if sentence.strip():
            yield Complaint(names, sentence.strip()[:_LONGEST])


def fields_of(
    complaint: Complaint, known: tuple[FieldPath, ...], aside: tuple[str, ...] = ("header", "cookie", "query")
) -> list[FieldPath]:
    """The fields that it is about: by the names around it, else by those in the text, else one that nobody knew of.

    aside: where nothing stood that was filled in.
    """
    if complaint.names[:1] == ("detail",) and set(aside) & set(complaint.names[1:2]):
        return []
    for name in reversed(complaint.names):
        near = [path for path in known if normal(path[-1]) == normal(name)]
        within = [path for path in near if set(path[:-1]) <= set(complaint.names)]
        if near:
            return (within or near)[:1]
    if MATCH.search(complaint.text) and not TAKEN.search(complaint.text):
        again = [path for path in known if is_password_again(path[-1])]
        own = next((path for path in known if is_password(path[-1])), ("password",))
        guessed = ("password_confirmation", "passwordConfirmation", "confirm_password", "confirmPassword")
        return again or [(*own[:-1], name) for name in (*guessed, "password2")]
    hinted = [name for name in complaint.names if normal(name) not in _WRAPPERS and not name.isdigit()]
    if hinted and REQUIRED.search(complaint.text):
        return [_beside(known, hinted[-1])]
    mentioned = _mentioned(complaint.text, known)
    missing = _NAMED_MISSING.search(complaint.text)
    if not mentioned and missing:
        return [_beside(known, next(filter(None, missing.groups())))]
    return mentioned


def _beside(known: tuple[FieldPath, ...], name: str) -> FieldPath:
    """A new field, in the object where the others lie."""
    deepest = next((path[:-1] for path in known if len(path) > 1), ())
    return (*deepest, name)


def _mentioned(text: str, known: tuple[FieldPath, ...]) -> list[FieldPath]:
    """Fields whose name stands in a text, in any spelling; of two names the longer one: "first name" is not "name"."""
    rest, found = f" {' '.join(words(text))} ", []
    for path in sorted(known, key=lambda one: -len(normal(one[-1]))):
        spellings = {" ".join(words(path[-1])), normal(path[-1])} | _synonyms(path[-1])
        hit = next((one for one in spellings if one and f" {one} " in rest), None)
        if hit:
            rest = rest.replace(f" {hit} ", " | ")
            found.append(path)
    return found


def _synonyms(name: str) -> set[str]:
    if is_password(name):
        return {"password", "passwords"}
    parts = set(words(name))
    if {"mail", "email"} & parts:
        return {"email", "e mail", "mail", "email address"}
    if {"phone", "mobile", "tel", "telephone"} & parts:
        return {"phone", "phone number", "mobile", "mobile number", "telephone"}
    return {"user name", "username"} if normal(name) in ("username", "login", "handle", "nickname") else set()
