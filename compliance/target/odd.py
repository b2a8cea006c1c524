"""Hostile input, as data: what is put into bodies, paths and queries that were right before.

A set is small and telling: each value is one that some service was seen to stumble over and others take in their stride.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from compliance.contract.example import put
from compliance.contract.fields import body_fields, is_password, is_password_again, is_secret
from compliance.contract.model import FieldPath, Operation, Parameter, Schema
from compliance.contract.resolve import Resolver, mapping, sequence
from compliance.target.actors import at

#: Bodies that cannot be read.
CUT, NOT_UTF8, EMPTY, ARRAY, NULL, TEXT, DEEP = (
    "a body that breaks off",
    "a body that is not UTF-8",
    "no body",
    "an array in place of an object",
    "null in place of an object",
    "a text in place of an object",
    "a value that is nested 3000 deep",
)
UNREADABLE = (CUT, NOT_UTF8, EMPTY, ARRAY, NULL, TEXT, DEEP)
#: Bodies of another media type.
XML, PLAIN = "XML", "plain text"
OTHER_TYPES = (XML, PLAIN)
#: Values that JSON, Unicode and databases do not agree on.
NUL, SURROGATE, NAN, INFINITY = "NUL", "half of a surrogate pair", "NaN", "Infinity"
UNSTORABLE = (NUL, SURROGATE, NAN, INFINITY)
#: A body without a field that it must have.
MISSING = "a required field left out"
#: What no clause but "no server error" asks about.
LONG, FAR, DIGITS, LISTED, STRANGE = (
    "a very long text",
    "a very large number",
    "a number of 5000 digits",
    "a password in a list",
    "an unknown field",
)

DEPTH, MANY_DIGITS, MANY_CHARACTERS = 3000, 5000, 70_000
#: More than bcrypt takes.
LONG_PASSWORD = 100
#: Just beyond 32 and 64 bits, and what falls between the types of drivers.
NUMBERS = (2**31, 10**11, 2**63, 10**20, 10**30)
#: What stands in a path in place of an id, as it is written there.
IDS = ("abc", "0", "-1", "%00", "%FF", "%ED%A0%80", "..%2F", "1%20OR%201%3D1", *map(str, NUMBERS))
#: What is no id of anything that there is: too large to be counted by 64 bits.
NOBODYS = 2**63
#: What says in a schema which numbers there are.
_BOUNDS = {"maximum", "exclusiveMaximum", "enum", "const"}
_MARK = "kit-mark-of-what-json-does-not-write"


@dataclass(frozen=True)
class Odd:
    """One hostile body: its kind, its bytes, and the field that it is about with what was put there."""

    kind: str
    content: bytes
    path: FieldPath = ()
    value: Any = None
    #: its media type; empty for the one that the operation takes
    media: str = ""


@dataclass(frozen=True)
class Shape:
    """The fields of a body, by what they are good for."""

    texts: tuple[FieldPath, ...]
    numbers: tuple[FieldPath, ...]
    #: numbers whose schema sets no limit
    boundless: tuple[FieldPath, ...]
    passwords: tuple[FieldPath, ...]
    required: tuple[FieldPath, ...]


def shape(resolver: Resolver, operation: Operation) -> Shape:
    """What the body of an operation has of free texts, numbers, passwords and required fields."""
    known = list(body_fields(resolver, operation.body))
    secret = [path for path, _ in known if is_password(path[-1]) or is_password_again(path[-1])]
    free = [
        p for p, schema in known if p not in secret and not is_secret(p[-1]) and _is_free(resolver, schema)
    ]
    plain = [(path, one) for path, schema in known if (one := _number(resolver, schema)) is not None]
    return Shape(
        texts=tuple(free),
        numbers=tuple(path for path, _ in plain),
        boundless=tuple(path for path, schema in plain if not _BOUNDS & schema.keys()),
        passwords=tuple(path for path in secret if is_password(path[-1])),
        required=required_fields(resolver, operation),
    )


def required_fields(resolver: Resolver, operation: Operation) -> tuple[FieldPath, ...]:
    """The fields without which no body is right: required themselves, as is all that they lie in."""
    if operation.body is None:
        return ()
    found = []
    for path, _ in body_fields(resolver, operation.body):
        ways = [path[:depth] for depth in range(len(path))]
        if all(path[len(w)] in resolver.required(resolver.at(operation.body.schema, w)) for w in ways):
            found.append(path)
    inner = {path[:depth] for path in found for depth in range(1, len(path))}
    return tuple(path for path in found if path not in inner)


def bodies(
    operation: Operation, fields: Shape, fresh: Callable[[], dict[str, Any]], *, brief: bool
) -> Iterator[Odd]:
    """Hostile bodies of JSON, each made of another valid one; brief: fewer, for operations beside others like them."""
    yield from _unreadable(operation, fields, fresh, brief=brief)
    yield from _of_another_type(operation, fresh, brief=brief)
    yield from _without(fields, fresh, 1 if brief else 3)
    yield from _odd_texts(fields, fresh, brief=brief)
    yield from _odd_numbers(fields, fresh, brief=brief)


def forms(fields: Shape, fresh: Callable[[], dict[str, Any]]) -> Iterator[Odd]:
    """The same for a form, in which there are texts only."""
    for path in fields.required[:3]:
        yield Odd(MISSING, urlencode(_less(fresh(), path)).encode(), path)
    for path in (*fields.texts[:1], *fields.passwords[:1]):
        for kind, odd in ((NUL, "\0"), (LONG, "x" * LONG_PASSWORD)):
            body = fresh()
            yield Odd(kind, urlencode({**body, path[-1]: f"{body.get(path[-1])}{odd}"}).encode(), path, odd)
        broken = urlencode(_with(fresh(), path, _MARK)).replace(_MARK, "%FF%ED%A0%80")
        yield Odd(NOT_UTF8, broken.encode(), path)


def _unreadable(
    operation: Operation, fields: Shape, fresh: Callable[[], dict[str, Any]], *, brief: bool
) -> Iterator[Odd]:
    schema = operation.body.schema if operation.body else {}
    wanted = operation.body is not None and operation.body.required
    alternatives = [mapping(one) for one in (*sequence(schema.get("anyOf")), *sequence(schema.get("oneOf")))]
    yield Odd(CUT, json.dumps(fresh()).encode()[:-1])
    if wanted and not schema.get("nullable"):
        yield Odd(NULL, b"null")
    if not any(one.get("type") == "array" for one in alternatives):
        yield Odd(ARRAY, json.dumps([fresh()]).encode())
    if brief:
        return
    yield Odd(TEXT, json.dumps("text").encode())
    yield Odd(NOT_UTF8, _not_utf8(fresh(), fields.texts[:1]))
    if wanted:
        yield Odd(EMPTY, b"")
    yield Odd(DEEP, _marked(fresh(), fields.texts[:1], b"[" * DEPTH + b"]" * DEPTH))


def _of_another_type(
    operation: Operation, fresh: Callable[[], dict[str, Any]], *, brief: bool
) -> Iterator[Odd]:
    taken = operation.body.media_types if operation.body else ()
    if not any("text/" in kind or "*" in kind for kind in taken):
        yield Odd(PLAIN, json.dumps(fresh()).encode(), media="text/plain")
    if not brief and not any("xml" in kind or "*" in kind for kind in taken):
        told = "".join(f"<{name}>{value}</{name}>" for name, value in fresh().items() if name.isalnum())
        yield Odd(XML, f"<?xml version='1.0'?><body>{told}</body>".encode(), media="application/xml")


def _without(fields: Shape, fresh: Callable[[], dict[str, Any]], most: int) -> Iterator[Odd]:
    """A body without one field that it must have. What is left in it, a password too, must not come back."""
    apart = [path for path in fields.required if path not in fields.passwords]
    for path in [*apart, *(p for p in fields.required if p not in apart)][:most]:
        yield Odd(MISSING, json.dumps(_less(fresh(), path)).encode(), path)


def _odd_texts(fields: Shape, fresh: Callable[[], dict[str, Any]], *, brief: bool) -> Iterator[Odd]:
    """In the middle of a text, so that no tidying of its ends takes the sign away."""
    for path in (*fields.texts[: 1 if brief else 2], *(() if brief else fields.passwords[:1])):
        for kind, sign in ((NUL, "\0"), (SURROGATE, "\ud800")):
            yield _in_the_middle(kind, fresh(), path, sign)
    for path in fields.passwords[:1]:
        body = fresh()
        yield Odd(LISTED, json.dumps(_with(body, path, [at(body, path)])).encode(), path)
    if brief:
        return
    for path, length in [(p, MANY_CHARACTERS) for p in fields.texts[:1]] + [
        (p, LONG_PASSWORD) for p in fields.passwords[:1]
    ]:
        yield _in_the_middle(LONG, fresh(), path, "x" * length)
    yield Odd(STRANGE, json.dumps({**fresh(), "kit\ud800": "x"}).encode())


def _odd_numbers(fields: Shape, fresh: Callable[[], dict[str, Any]], *, brief: bool) -> Iterator[Odd]:
    for count, path in enumerate(fields.boundless[:2]):
        for number in (NOBODYS,) if brief or count else NUMBERS:
            yield Odd(FAR, json.dumps(_with(fresh(), path, number)).encode(), path, number)
    for path in (fields.numbers or fields.texts)[:1]:
        yield Odd(NAN, json.dumps(_with(fresh(), path, float("nan"))).encode(), path, float("nan"))
        if not brief:
            yield Odd(INFINITY, json.dumps(_with(fresh(), path, float("inf"))).encode(), path, float("inf"))
            yield Odd(DIGITS, _marked(fresh(), (path,), b"9" * MANY_DIGITS), path)


def query_values(resolver: Resolver, parameters: Sequence[Parameter]) -> Iterator[tuple[str, str]]:
    """Parameters of a query, each with what no guard of its type keeps out, as it is written there."""
    for parameter in parameters:
        if parameter.location != "query":
            continue
        number = _number(resolver, parameter.schema)
        if number is not None and not _BOUNDS & number.keys():
            yield parameter.name, str(NOBODYS)
        elif number is None and _is_free(resolver, parameter.schema):
            yield parameter.name, "%00"


def _number(resolver: Resolver, schema: Schema) -> Schema | None:
    """The part of a schema that allows a number: an amount may be "a text or a number"; None where none does."""
    kinds = ("integer", "number")
    alternatives = (*sequence(schema.get("anyOf")), *sequence(schema.get("oneOf")), schema)
    found = (resolver.resolve(one) for one in alternatives if resolver.type_of(one) in kinds)
    return next((mapping(one) for one in found), None)


def _is_free(resolver: Resolver, schema: Schema) -> bool:
    """Whether it takes any text."""
    told = {"enum", "const", "format"} & schema.keys()
    return resolver.type_of(schema) == "string" and not told


def _in_the_middle(kind: str, body: dict[str, Any], path: FieldPath, odd: str) -> Odd:
    """Before the last character, so that the run's tag at the beginning stays whole: by it the run knows its row again."""
    text = str(at(body, path) or "kit text")
    return Odd(kind, json.dumps(_with(body, path, text[:-1] + odd + text[-1:])).encode(), path, odd)


def _not_utf8(body: dict[str, Any], paths: Sequence[FieldPath]) -> bytes:
    """The body with bytes in a text that no text has; a text of them alone where there is no such field."""
    if not paths:
        return b'"\xff\xfe"'
    marked = _in_the_middle(NOT_UTF8, body, paths[0], _MARK)
    return marked.content.replace(_MARK.encode(), b"\xff\xfe")


def _marked(body: dict[str, Any], paths: Sequence[FieldPath], raw: bytes) -> bytes:
    """The body with bytes in a field that no JSON library writes; these alone where there is no such field."""
    if not paths:
        return raw
    return json.dumps(_with(body, paths[0], _MARK)).encode().replace(f'"{_MARK}"'.encode(), raw)


def _with(body: dict[str, Any], path: FieldPath, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    put(changed, path, value)
    return changed


def _less(body: dict[str, Any], path: FieldPath) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    place: Any = changed
    for name in path[:-1]:
        place = place.get(name) if isinstance(place, dict) else None
    if isinstance(place, dict):
        place.pop(path[-1], None)
    return changed
