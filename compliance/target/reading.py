"""From the bytes of a document to its content: JSON or YAML, with bounds on what a hostile one can cost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, NoReturn

from compliance.target.errors import TargetError

#: Bytes; the largest public document known is a quarter of this.
LARGEST = 50_000_000
#: Values in a document; the largest public document known has a tenth of this.
NODES = 3_000_000
#: Values in one of YAML, aliases written out: each takes ten times the memory and the time while it is read.
YAML_NODES = 1_000_000
#: How deep values may lie within each other; documents of people stay below fifty.
DEPTH = 200


@dataclass(frozen=True)
class Text:
    """The content of one file or answer, and what a reader has to know of how it was read."""

    content: Any
    notes: tuple[str, ...] = ()


def read_document(body: bytes, place: str) -> Text:
    """The OpenAPI document in these bytes. Raises TargetError with what is wrong with it."""
    text = read(body, place)
    if not is_document(text.content):
        kind = "JSON" if body.lstrip()[:1] in (b"{", b"[") else "YAML or plain text"
        raise TargetError(
            f"the document at {place} is {kind}, but no OpenAPI document: it has no field named openapi or swagger. "
            "Say where the right one is: --openapi=URL_OR_FILE"
        )
    return text


def is_document(content: object) -> bool:
    return isinstance(content, Mapping) and ("openapi" in content or "swagger" in content)


def read(body: bytes, place: str) -> Text:
    """The value in these bytes, JSON first. Raises TargetError where it is neither JSON nor YAML, or too much."""
    if len(body) > LARGEST:
        raise TargetError(
            f"the document at {place} has {len(body):,} bytes; the kit reads at most {LARGEST:,}"
        )
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise TargetError(f"the document at {place} is empty")
    written = _decoded(body, place)
    if written.lstrip()[:1] == "<":
        raise TargetError(
            f"{place} is a page of HTML or XML, not an OpenAPI document. Say where it is: --openapi=URL_OR_FILE"
        )
    try:
        return _read_json(written, place)
    except (ValueError, RecursionError) as failure:
        begun = written.lstrip()[:1] in ("{", "[")
        if begun or not _looks_like_yaml(written, place):
            _refuse_json(failure, place, begun=begun)
    return _read_yaml(written, place)


def _decoded(body: bytes, place: str) -> str:
    encoding = json.detect_encoding(body)
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as failure:
        raise TargetError(
            f"the document at {place} is not UTF-8: {failure.reason} at byte {failure.start:,}"
        ) from None


def _looks_like_yaml(written: str, place: str) -> bool:
    named = place.partition("?")[0].endswith((".yaml", ".yml"))
    return named or re.search(r"^[\"']?[\w$./{}-]+[\"']?[ \t]*:(\s|$)", written, re.MULTILINE) is not None


def _refuse_json(failure: Exception, place: str, *, begun: bool) -> NoReturn:
    if isinstance(failure, RecursionError):
        raise TargetError(_too_deep(place)) from None
    if not begun:
        raise TargetError(
            f"the document at {place} is neither JSON nor YAML. Say where the right one is: --openapi=URL_OR_FILE"
        ) from None
    raise TargetError(f"the document at {place} is broken JSON: {failure}") from None


def _read_json(written: str, place: str) -> Text:
    if sum(map(written.count, "{[,")) > NODES:
        raise TargetError(_too_much(place, NODES))
    repeated: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) != len(pairs) and len(repeated) < 3:
            names = [name for name, _ in pairs]
            repeated.append(next(name for name in names if names.count(name) > 1))
        return content

    content = json.loads(written, object_pairs_hook=collect, parse_constant=_no_number)
    _measure(content, place)
    return Text(
        content,
        tuple(f"{place} names {name!r} twice in one object; the last one is read" for name in repeated),
    )


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value of JSON")


def _measure(content: Any, place: str) -> None:
    """Raises TargetError for what the standard library reads, but its copying or printing could not bear."""
    level, depth = [content], 0
    while level:
        depth += 1
        if depth > DEPTH:
            raise TargetError(_too_deep(place))
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]


def _read_yaml(written: str, place: str) -> Text:
    import yaml  # only for documents in YAML: it takes long to load and longer to read

    # The same loader in C, where PyYAML was built with it, is ten times as fast.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _weigh(yaml.parse(written, Loader=loader), place)
        return Text(_plain(yaml.load(written, Loader=loader)))  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as failure:
        words = " ".join(str(failure).split())
        raise TargetError(f"the document at {place} is broken YAML: {words}") from None
    except (ValueError, TypeError, RecursionError) as failure:
        raise TargetError(f"the document at {place} is broken YAML: {failure}") from None


def _weigh(events: Iterator[Any], place: str) -> None:
    """Count the values of a document in YAML as if each alias were written out, before any of them is made.

    A few lines of aliases to aliases stand for more values than any memory holds.
    """
    weights: dict[str, int] = {}
    opened: list[tuple[str | None, int]] = []
    total = 0
    for event in events:
        kind, anchor = type(event).__name__, getattr(event, "anchor", None)
        if kind == "AliasEvent":
            if any(anchor == above for above, _ in opened):
                raise TargetError(f"the document at {place} contains itself: *{anchor} within &{anchor}")
            total += weights.get(anchor or "", 1)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            anchor, before = opened.pop()
            weights[anchor or ""] = total - before
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            opened.append((anchor, total))
            total += 1
        elif kind == "ScalarEvent":
            total += 1
            weights[anchor or ""] = 1
        _check_weight(total, len(opened), place)


def _check_weight(total: int, depth: int, place: str) -> None:
    if total > YAML_NODES:
        raise TargetError(_too_much(place, YAML_NODES))
    if depth > DEPTH:
        raise TargetError(_too_deep(place))


def _plain(content: Any) -> Any:
    """As JSON would have it: names are text, and a date is the text that it was written as."""
    if isinstance(content, dict):
        return {_name(name): _plain(value) for name, value in content.items()}
    if isinstance(content, list | tuple | set):
        return [_plain(value) for value in content]
    if (
        content is None
        or isinstance(content, str | int)
        or (isinstance(content, float) and isfinite(content))
    ):
        return content
    return content.decode("latin-1") if isinstance(content, bytes) else str(content)


def _name(name: Any) -> str:
    """The text of a name that YAML takes for a number (a status code), a truth value, null or a date."""
    if name is None or isinstance(name, bool):
        return json.dumps(name)
    return str(name)


def _too_deep(place: str) -> str:
    return f"the document at {place} is nested more than {DEPTH} levels deep, which the kit does not read"


def _too_much(place: str, bound: int) -> str:
    return f"the document at {place} holds more than {bound:,} values, aliases written out; the kit reads no more"
