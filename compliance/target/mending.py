"""Learning from a refusal what a body has to be like: what an answer says of a field becomes a part of its schema.

A bound is believed only where what was sent breaks it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from compliance.contract.fields import is_password, is_password_again
from compliance.contract.model import FieldPath
from compliance.contract.paths import words
from compliance.contract.patterns import in_python
from compliance.target.actors import leaves
from compliance.target.complaints import MATCH, REQUIRED, TAKEN, complaints, fields_of
from compliance.target.tape import Exchange

#: Keywords that a field's schema gains. Beside those of JSON Schema: `drop` (leave it out), `fresh` (the value is
#: taken), `domain` (another one for its e-mail address), `again` (the password once more).
Lesson: TypeAlias = Mapping[str, Any]
Lessons: TypeAlias = dict[FieldPath, Lesson]

#: Domains that are reserved for examples (RFC 2606), in the order in which they are tried.
DOMAINS = ("example.com", "example.org", "example.net")
#: How many complaints of one answer are read.
_MANY = 40
_EXTRA = re.compile(
    r"extra (field|input)|unknown (field|property|key)|unrecognized|unexpected (field|property|key)|should not exist"
    r"|additional propert|not (an )?allowed (field|property)|property .{1,40} not allowed",
    re.IGNORECASE,
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
    r"(?:pattern|regular expression|regex):?\s*['\"`/]?(\^?.+?\$?)['\"`/]?\s*$", re.IGNORECASE
)
_CHOICES = re.compile(
    r"(?:one of|input should be(?= ')|choices(?: are)?|allowed values(?: are)?|expected)(?: the following)?(?: values?)?:?\s*(.+)",
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


def mend(exchange: Exchange, sent: Any, fields: Sequence[FieldPath]) -> Lessons:
    """What a refused body should have been like. `fields` are the ways to all fields that the schema knows."""
    values = dict(leaves(sent))
    known = tuple(dict.fromkeys((*values, *fields)))
    lessons: dict[FieldPath, dict[str, Any]] = {}
    in_query = sent is not None and not exchange.request_body
    aside = ("header", "cookie") if in_query else ("header", "cookie", "query")
    for complaint in list(complaints(exchange))[:_MANY]:
        for path in fields_of(complaint, known, aside):
            lesson = _lesson(complaint.text, path, values.get(path))
            if lesson is not None:
                lessons.setdefault(path, {}).update(lesson)
    return dict(lessons)


def _lesson(text: str, path: FieldPath, sent: Any) -> Lesson | None:
    """What one complaint teaches of a field, None where it is not understood."""
    if _EXTRA.search(text):
        return {"drop": True} if sent is not None else None
    if is_password_again(path[-1]) and (MATCH.search(text) or REQUIRED.search(text) or sent is None):
        return {"again": True}
    if TAKEN.search(text):
        return {"fresh": True}
    for teach in (_kind, _choices, _address, _length, _signs, _pattern):
        lesson = teach(text, path, sent)
        if lesson:
            return lesson
    return {} if sent in (None, "", []) and (REQUIRED.search(text) or sent is not None) else None


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
        (
            "number",
            r"\b(valid|a|be a) (number|float|decimal|double)\b(?! string)|must be numeric\b|conforming to",
        ),
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
    digits = re.search(r"\bdigits?\b|\bnumeric\b", said) and not numeric and not is_password(path[-1])
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
    if re.search(
        r"\bdigits?\b|\bnumeric\b|number string|numbers? only|only numbers|(phone|mobile) (number )?", said
    ):
        return {"pattern": "^[0-9]{10}$"} if not sent.isdigit() else None
    return None


def _pattern(text: str, _: FieldPath, sent: Any) -> Lesson | None:
    found = _PATTERN.search(text)
    if not found or not isinstance(sent, str):
        return None
    compiled = in_python(found[1])
    return {"pattern": found[1]} if compiled is not None and compiled.search(sent) is None else None
