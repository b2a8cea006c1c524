"""References that leave the document: what they lead to is put into the document, so that the contract stays pure.

Only what lies beside the document is fetched: at its own origin, or, for a file, beneath its own folder. No other
reference is ever followed. It is made to lead nowhere, which the contract reads as an empty schema, and the traffic
engine as an operation that it cannot generate. Only where a whole path hangs on it is the document refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from compliance.target.connection import printable
from compliance.target.errors import TargetError
from compliance.target.reading import LARGEST, read

#: Where fetched parts stand in the document, and what a reference that was not followed points to.
PARTS, NOWHERE = "x-compliance-parts", "#/x-compliance-nowhere"
#: Documents that are fetched for one document at most.
FETCHED = 50
#: Children of these are names that people chose, not keywords.
_NAMING = frozenset(
    {"properties", "patternProperties", "definitions", "$defs", "schemas", "parameters", "paths"}
)
#: What these hold is data, in which `$ref` is a word like any other.
_DATA = frozenset({"example", "default", "enum", "const"})
#: Further words that lead elsewhere, or say what references are relative to. The contract reads none of them, and the
#: engine would fetch what they name from wherever it is.
_ADDRESSES = ("externalValue", "$schema", "jsonSchemaDialect", "$id", "$dynamicRef", "$recursiveRef")
#: What a document in several files may keep elsewhere as a whole.
_SECTIONS = ("paths", "components", "definitions", "parameters", "responses")
_TOLD = 3

#: The bytes at a place. Raises TargetError where they are not to be had.
Fetch = Callable[[str], bytes]
#: Why a place is not to be asked at all, None where it may be.
Refusal = Callable[[str], str | None]


def bundle(document: dict[str, Any], place: str, fetch: Fetch, refuse: Refusal) -> tuple[str, ...]:
    """Make every reference of the document a local one, in place; returns sentences on those that lead nowhere now.

    Raises TargetError where all that the document says of a path is elsewhere and cannot be had.
    """
    if not any(_leaves(node) for node in _marked(document)):
        return ()
    return _Bundle(document, place, fetch, refuse).made()


def _marked(document: Any) -> Iterator[dict[str, Any]]:
    """Every object with a reference or another word that may lead out of the document."""
    waiting: list[tuple[Any, bool]] = [(document, False)]
    while waiting:
        node, names = waiting.pop()
        if isinstance(node, list):
            waiting += [(child, False) for child in node if isinstance(child, dict | list)]
            continue
        if any(isinstance(node.get(word), str) for word in ("$ref", *_ADDRESSES)):
            yield node
        waiting += [
            (child, not names and key in _NAMING)
            for key, child in node.items()
            if isinstance(child, dict | list) and (names or key not in _DATA)
        ]


def _leaves(node: Mapping[str, Any]) -> bool:
    return not str(node.get("$ref", "#")).startswith("#") or any(word in node for word in _ADDRESSES)


class _Bundle:
    def __init__(self, document: dict[str, Any], place: str, fetch: Fetch, refuse: Refusal) -> None:
        self._document = document
        self._place = urldefrag(place)[0]
        self._fetch = fetch
        self._refuse = refuse
        #: place -> its name among the parts; empty for the document itself
        self._names: dict[str, str] = {self._place: ""}
        self._parts: dict[str, Any] = {}
        self._waiting: list[tuple[Any, str]] = [(document, self._place)]
        #: bytes that the parts may still have together
        self._left = LARGEST
        #: place -> why it was not read
        self._failed: dict[str, str] = {}

    def made(self) -> tuple[str, ...]:
        self._document[PARTS] = self._parts
        self._bring_in_sections()
        # Parts before the document: they are within it from now on, and their references are relative to themselves.
        while self._waiting:
            content, place = self._waiting.pop()
            for node in list(_marked(content)):
                for word in _ADDRESSES:
                    if isinstance(node.get(word), str):
                        del node[word]
                if isinstance(node.get("$ref"), str):
                    node["$ref"] = self._local(node["$ref"], place)
        if not self._parts:
            del self._document[PARTS]
        self._require_paths()
        return self._notes()

    def _local(self, reference: str, place: str) -> str:
        if reference.startswith("#"):
            return self._within(reference[1:], self._names[place])
        if self._is_name(reference):
            return f"#/{'definitions' if 'swagger' in self._document else 'components/schemas'}/{reference}"
        try:
            target, pointer = urldefrag(urljoin(place, reference))
        except ValueError:
            self._failed[reference] = "is no address"
            return NOWHERE
        if target not in self._names and not self._taken_in(target):
            return NOWHERE
        return self._within(pointer, self._names[target])

    def _within(self, pointer: str, name: str) -> str:
        """The local reference to a place in a part; parts often mean the whole document when they say `#/components`."""
        if not name or (_at(self._parts[name], pointer) is None and _at(self._document, pointer) is not None):
            return f"#{pointer}"
        return f"#/{PARTS}/{name}{pointer if pointer.startswith('/') else ''}"

    def _is_name(self, reference: str) -> bool:
        """Swagger 1 wrote the bare name of a model, and some still do."""
        schemas = _at(self._document, "/definitions") or _at(self._document, "/components/schemas")
        return isinstance(schemas, Mapping) and reference in schemas

    def _taken_in(self, place: str) -> bool:
        if place in self._failed:
            return False
        reason = self._refuse(place)
        if reason is None and (len(self._parts) >= FETCHED or self._left < 0):
            reason = (
                f"is beyond the {FETCHED} documents of {LARGEST:,} bytes together that the kit reads for one"
            )
        if reason is None:
            try:
                body = self._fetch(place)
                self._left -= len(body)
                content = read(body, place).content
            except TargetError as failure:
                reason = f"cannot be read ({failure})"
        if reason is not None:
            self._failed[place] = reason
            return False
        stem = (
            re.sub(r"[^\w.]+", "-", unquote(urlsplit(place).path).rpartition("/")[2].partition(".")[0])
            or "part"
        )
        name = stem if stem not in self._parts else f"{stem}-{len(self._parts)}"
        self._names[place], self._parts[name] = name, content
        self._waiting.append((content, place))
        return True

    def _bring_in_sections(self) -> None:
        """A section that is a reference as a whole becomes what it refers to: others point into it."""
        components = self._document.get("components")
        holders = [(self._document, name) for name in _SECTIONS]
        holders += [(components, name) for name in components] if isinstance(components, dict) else []
        for holder, name in holders:
            section = holder.get(name)
            if isinstance(section, dict) and isinstance(section.get("$ref"), str):
                holder[name] = _at(self._document, self._local(section["$ref"], self._place)[1:]) or {}

    def _require_paths(self) -> None:
        paths = self._document.get("paths")
        lost = [
            path for path, item in _items(paths) if isinstance(item, dict) and item.get("$ref") == NOWHERE
        ]
        if lost or (self._failed and not paths):
            raise TargetError(
                f"the document at {printable(self._place)} does not say itself what can be done at "
                f"{', '.join(lost[:_TOLD]) or 'any path'}: {'; '.join(self._notes())}. "
                "Give a copy in one piece: --openapi=FILE"
            )

    def _notes(self) -> tuple[str, ...]:
        groups: dict[str, list[str]] = {}
        for place, reason in self._failed.items():
            groups.setdefault(reason, []).append(place)
        return tuple(f"the document refers to {_few(places)}, which {why}" for why, places in groups.items())


def _items(paths: Any) -> Iterator[tuple[str, Any]]:
    return iter(paths.items()) if isinstance(paths, dict) else iter(())


def _at(document: Any, pointer: str) -> Any:
    """What a JSON pointer leads to, None where it leads nowhere."""
    node = document
    for part in pointer.split("/")[1:]:
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(node, list):
            node = node[int(name)] if name.isdigit() and int(name) < len(node) else None
        else:
            node = node.get(name) if isinstance(node, dict) else None
    return node


def _few(places: list[str]) -> str:
    first = ", ".join(map(printable, places[:_TOLD]))
    return first if len(places) <= _TOLD else f"{first} and {len(places) - _TOLD} others"
