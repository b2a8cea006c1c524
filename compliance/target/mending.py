"""Learning from a refusal what a body has to be like: what an answer says of a field becomes a part of its schema.

Services say it in many forms: FastAPI `loc`, Django REST `{"field": ["…"]}`, NestJS `message: ["password must …"]`,
Spring and .NET `errors`, plain sentences. All of them name a field, in a key, beside the text or in it, and complain
in words that are much alike. A bound is believed only where what was sent breaks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from compliance.catalogue import Untested
from compliance.contract.fields import is_password, is_password_again
from compliance.contract.model import FieldPath
from compliance.contract.paths import normal, vocabulary, words
from compliance.target.actors import leaves
from compliance.target.tape import Exchange

#: Keywords that a field's schema gains. Beside those of JSON Schema: `drop` (leave it out), `fresh` (the value is
#: taken), `domain` (another one for its e-mail address), `again` (the password once more).
Lesson: TypeAlias = Mapping[str, Any]
Lessons: TypeAlias = dict[FieldPath, Lesson]

#: Domains that are reserved for examples (RFC 2606), in the order in which they are tried.
DOMAINS = ("example.com", "example.org", "example.net")
#: How many complaints of one answer are read.
_MANY = 40
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
_REQUIRED = re.compile(
    r"\brequired\b|\bmissing\b|\b(must|should|may|can|cannot|can't)\b.{0,6}\bnot\b.{0,5}\b(be )?(blank|empty|null|none)"
    r"|cannot be (blank|empty|null)|not provided|is (blank|empty|null|undefined)|please (enter|provide)|no .{1,30} (given|provided)",
    re.IGNORECASE,
)
_NAMED_MISSING = re.compile(
    r"(?:missing|required)(?: required)?(?: (?:field|parameter|property|key|attribute|argument)s?)?:? ['\"`]?(\w+)"
    r"|['\"`]?(\w+)['\"`]?(?: field| property)? (?:is|are) (?:required|missing)",
    re.IGNORECASE,
)
_TAKEN = re.compile(
    r"already|taken|duplicate|\bin use\b|must be unique|not unique|\bexists\b|not available", re.IGNORECASE
)
_EXTRA = re.compile(
    r"extra (field|input)|unknown (field|property|key)|unrecognized|unexpected (field|property|key)|should not exist"
    r"|additional propert|not (an )?allowed (field|property)|property .{1,40} not allowed",
    re.IGNORECASE,
)
_MATCH = re.compile(
    r"(password|they).{0,40}(not|n't|must|should|to) (be )?(the )?(match|same|identical|equal)|mismatch|confirm",
    re.I,
)
_SIZE = re.compile(
    r"character|letter|digit|length|\blong\b|short|\bsize\b|at least|at most|min|max|exceed", re.I
)
_LEAST = re.compile(
    r"at least|\bmin|or more|(longer|greater|more) than|no (less|fewer)|too (short|small|few)"
)
_MOST = re.compile(
    r"at most|\bmax|or (less|fewer)|(shorter|less|fewer) than|no (more|longer)|not (be )?(more|longer|greater)|up to|exceed"
    r"|too (long|large|many)"
)
_PATTERN = re.compile(
    r"(?:pattern|regular expression|regex)\W{0,3}\s*['\"`/]?(\^?.+?\$?)['\"`/]?\s*$", re.IGNORECASE
)
_CHOICES = re.compile(
    r"(?:one of|input should be|choices(?: are)?|allowed values(?: are)?|expected)(?: the following)?(?: values?)?:?\s*(.+)",
    re.I,
)

_TYPES: dict[str, type | tuple[type, ...]] = {
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "string": str,
}


@dataclass(frozen=True)
class Complaint:
    """One sentence of a refusal, and the keys and pointers around it, the nearest last."""

    names: tuple[str, ...]
    text: str


def mend(exchange: Exchange, sent: Any, fields: Sequence[FieldPath]) -> Lessons:
    """What a refused body should have been like. `fields` are the ways to all fields that the schema knows."""
    values = dict(leaves(sent))
    known = tuple(dict.fromkeys((*values, *fields)))
    lessons: dict[FieldPath, dict[str, Any]] = {}
    for complaint in list(complaints(exchange))[:_MANY]:
        for path in _fields_of(complaint, known):
            lesson = _lesson(complaint.text, path, values.get(path))
            if lesson is not None:
                lessons.setdefault(path, {}).update(lesson)
    return dict(lessons)


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
            yield Complaint(names, sentence.strip())


def _fields_of(complaint: Complaint, known: tuple[FieldPath, ...]) -> list[FieldPath]:
    """The fields that it is about: by the names around it, else by those in the text, else one that nobody knew of."""
    if complaint.names[:1] == ("detail",) and {"header", "cookie", "query"} & set(complaint.names[1:2]):
        return []
    for name in reversed(complaint.names):
        near = [path for path in known if normal(path[-1]) == normal(name)]
        within = [path for path in near if set(path[:-1]) <= set(complaint.names)]
        if near:
            return (within or near)[:1]
    if _MATCH.search(complaint.text) and not _TAKEN.search(complaint.text):
        again = [path for path in known if is_password_again(path[-1])]
        own = next((path for path in known if is_password(path[-1])), ("password",))
        guessed = ("password_confirmation", "passwordConfirmation", "confirm_password", "confirmPassword")
        return again or [(*own[:-1], name) for name in (*guessed, "password2")]
    hinted = [name for name in complaint.names if normal(name) not in _WRAPPERS and not name.isdigit()]
    if hinted and _REQUIRED.search(complaint.text):
        return [_beside(known, hinted[-1])]
    mentioned = _mentioned(complaint.text, known)
    missing = _NAMED_MISSING.search(complaint.text)
    if not mentioned and missing:
        return [_beside(known, missing[1] or missing[2])]
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


def _lesson(text: str, path: FieldPath, sent: Any) -> Lesson | None:
    """What one complaint teaches of a field, None where it is not understood."""
    if _EXTRA.search(text):
        return {"drop": True} if sent is not None else None
    if is_password_again(path[-1]) and (_MATCH.search(text) or _REQUIRED.search(text) or sent is None):
        return {"again": True}
    if _TAKEN.search(text):
        return {"fresh": True}
    for teach in (_choices, _kind, _address, _length, _signs, _pattern):
        lesson = teach(text, path, sent)
        if lesson:
            return lesson
    return {} if sent in (None, "", []) and (_REQUIRED.search(text) or sent is not None) else None


def _choices(text: str, _: FieldPath, sent: Any) -> Lesson | None:
    found = _CHOICES.search(text)
    if not found:
        return None
    quoted = re.findall(r"['\"`]([^'\"`]+)['\"`]", found[1])
    plain = [one.strip(" []().'\"`") for one in re.split(r",|\bor\b|\band\b|\|", found[1])]
    choices = [
        one
        for one in quoted or (plain if len(plain) > 1 or "one of" in text else [])
        if one and len(one) < 40
    ]
    return {"enum": choices} if choices and sent not in choices else None


def _kind(text: str, path: FieldPath, sent: Any) -> Lesson | None:
    said = text.lower()
    if re.search(r"must be (true|accepted)|accept the|have to agree|must agree", said) and sent is not True:
        return {"const": True}
    for kind, pattern in (
        ("integer", r"\b(valid|an|be) (integer|int|whole number)\b|\bmust be an? (positive )?integer"),
        ("number", r"\b(valid|a|be a) (number|float|decimal|double)\b|must be numeric\b|conforming to"),
        ("boolean", r"\bbool(ean)?\b"),
        ("array", r"\b(valid|an|a|be a) (array|list)\b|expected a list"),
        ("object", r"\b(valid|an|be an) (object|dictionary|dict)\b"),
        ("string", r"\b(valid|a|be a) string\b"),
    ):
        if re.search(pattern, said) and not isinstance(sent, _TYPES[kind]):
            # A phone number that has to be a number is to be unlike all others too.
            return {"type": kind, **({"fresh": True} if kind == "integer" and _counts(path) else {})}
    if re.search(r"\buuid\b", said):
        return {"type": "string", "format": "uuid"}
    if re.search(r"\b(iso ?8601|date|datetime)\b", said) and isinstance(sent, str | None):
        form = "date-time" if re.search(r"date-?time|iso ?8601|timestamp", said) else "date"
        return (
            {"type": "string", "format": form}
            if not re.fullmatch(r"\d{4}-\d\d-\d\d.*", str(sent or ""))
            else None
        )
    return {"type": "string", "format": "uri"} if re.search(r"\bvalid (url|uri)\b", said) else None


def _counts(path: FieldPath) -> bool:
    return bool({"phone", "mobile", "number", "tel", "telephone", "code", "document"} & set(words(path[-1])))


def _address(text: str, path: FieldPath, sent: Any) -> Lesson | None:
    """An e-mail address where there was none, or one at another domain."""
    if not re.search(r"e-?mail|domain", text, re.IGNORECASE) or is_password(path[-1]):
        return None
    if "@" not in str(sent or ""):
        asked = re.search(r"valid|must be|format|should be|an e-?mail", text, re.IGNORECASE)
        return {"type": "string", "format": "email"} if asked and sent is not None else None
    used = str(sent).rpartition("@")[2]
    later = DOMAINS[DOMAINS.index(used) + 1 :] if used in DOMAINS else ()
    refused = re.search(r"domain|valid|accept|deliver|allowed|exist", text, re.IGNORECASE)
    return {"format": "email", "domain": later[0]} if later and refused else None


def _length(text: str, path: FieldPath, sent: Any) -> Lesson | None:
    """A bound that what was sent breaks; which way it breaks it says which bound it is."""
    said = text.lower()
    numeric = isinstance(sent, int | float) and not isinstance(sent, bool)
    if not (numeric or (isinstance(sent, str | list) and _SIZE.search(said))):
        return None
    size = sent if numeric else len(sent)
    least, most = ("minimum", "maximum") if numeric else ("minLength", "maxLength")
    up, down, inclusive = _LEAST.search(said), _MOST.search(said), "or equal" in said
    numbers = [int(found) for found in re.findall(r"(?<![\w.])\d{1,6}(?!\w)", said)]
    if not numbers:
        return {least: size * 2} if up else {most: max(int(size) // 2, 1)} if down else None
    low = min(numbers) + int(not inclusive and bool(re.search(r"(longer|greater|more) than", said)))
    high = max(numbers) - int(not inclusive and bool(re.search(r"(shorter|less|fewer) than", said)))
    digits = re.search(r"\bdigits?\b|numeric", said) and not numeric and not is_password(path[-1])
    if size > high and (down or not up):
        return {"pattern": f"^[0-9]{{{high}}}$"} if digits else {most: high}
    if size < low and (up or not down):
        return {"pattern": f"^[0-9]{{{low}}}$"} if digits else {least: low}
    return None


def _signs(text: str, path: FieldPath, sent: Any) -> Lesson | None:
    """Which signs a text may consist of."""
    said = text.lower()
    if not isinstance(sent, str) or "@" in sent:
        return None
    if re.search(
        r"alphanumeric|(only )?letters and (numbers|digits)|no special|special characters? (are )?not", said
    ):
        return {"pattern": "^[A-Za-z0-9]+$"} if not sent.isalnum() else None
    if is_password(path[-1]):
        special = re.search(r"special|symbol|punctuation", said)
        signs = re.sub(r"[\w\s.,:;'\"()\[\]{}]", "", text) if special else ""
        return {"pattern": f"[{re.escape(signs)}]"} if signs and not set(signs) & set(sent) else None
    if re.search(r"only letters|alphabetic|letters only", said):
        return {"pattern": "^[A-Za-z]+$"} if not sent.isalpha() else None
    if re.search(r"lower-? ?case", said) and not sent.islower():
        return {"pattern": "^[a-z0-9]+$"}
    if re.search(r"\bdigits?\b|numeric|numbers? only|only numbers|(phone|mobile) (number )?", said):
        return {"pattern": "^[0-9]{10}$"} if not sent.isdigit() else None
    return None


def _pattern(text: str, _: FieldPath, sent: Any) -> Lesson | None:
    found = _PATTERN.search(text)
    if not found or not isinstance(sent, str):
        return None
    try:
        broken = re.search(found[1], sent) is None
    except re.error:
        return None
    return {"pattern": found[1]} if broken else None
