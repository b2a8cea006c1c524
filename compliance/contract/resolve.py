"""Reading schemas: local `$ref`, `allOf` and Optional are folded away, one level at a time.

A schema in the model is resolved *one level*: its own keywords are final, its properties and items stay as
the document has them and are resolved when somebody walks into them. So a recursive schema is no special
case. Nothing is ever fetched: a reference that leaves the document, or leads nowhere, is an empty schema.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import unquote

Schema = Mapping[str, Any]
#: The way to a field inside a JSON body: () is the body itself, ("user", "email") a field one level down.
FieldPath = tuple[str, ...]

#: How deep `allOf`, `anyOf` and references may be folded into each other; documents of people stay below ten.
DEPTH = 24
#: How many fields one walk visits at most; a document that has more is hostile or not worth more time.
FIELDS = 2000
#: How many properties of one object are looked at; an object that has more is no one's row.
WIDEST = 1000
#: The keywords that make folding necessary.
_FOLDED = ("allOf", "anyOf", "oneOf")


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one: documents are written by hand, too."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> Sequence[Any]:
    """The value if it is an array, else an empty one."""
    return value if isinstance(value, list | tuple) else ()


class Resolver:
    """Resolves the schemas of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._known: dict[str, Schema] = {}
        self._open: set[str] = set()
        #: folded schemas by the identity of what was folded, which is kept so that its identity stays its own
        self._folds: dict[int, tuple[Mapping[str, Any], Schema]] = {}
        self._folding: set[int] = set()

    def follow(self, node: object) -> Mapping[str, Any]:
        """The object that a chain of local references leads to; keywords beside a reference win over it."""
        beside: dict[str, Any] = {}
        for _ in range(DEPTH):
            here = mapping(node)
            if not isinstance(here.get("$ref"), str):
                return {**here, **beside} if beside else here
            beside = {key: value for key, value in here.items() if key != "$ref"} | beside
            node = self._at(here["$ref"])
        return {}

    def name_of(self, node: object) -> str | None:
        """What the document calls the schema, by its reference; None where it is written in place."""
        for _ in range(DEPTH):
            here = mapping(node)
            if isinstance(here.get("$ref"), str):
                return str(here["$ref"]).rpartition("/")[2]
            alternatives = self._alternatives(here)
            if len(alternatives) != 1:
                break
            node = alternatives[0]
        return None

    def resolve(self, node: object) -> Schema:
        """The schema with references, `allOf` and Optional folded in; its properties stay as they are."""
        return self._resolve(node, 0)

    def type_of(self, schema: object) -> str | None:
        """The JSON type of a schema, null left aside; None where the document does not say."""
        resolved = self.resolve(schema)
        kind = resolved.get("type")
        if not isinstance(kind, str):
            kind = next((one for one in sequence(kind) if isinstance(one, str) and one != "null"), None)
        if kind is None and resolved.get("properties"):
            return "object"
        return "array" if kind is None and "items" in resolved else kind

    def alternatives(self, schema: object) -> tuple[Any, ...]:
        """The schemas of which a value has one or another, null left aside; none where there is but one."""
        offered = self._alternatives(self.resolve(schema))
        return tuple(offered) if len(offered) > 1 else ()

    def properties(self, schema: object) -> Mapping[str, Schema]:
        """The properties of a schema, unresolved, in the document's order."""
        found = mapping(self.resolve(schema).get("properties"))
        return {str(name): mapping(value) for name, value in found.items()}

    def required(self, schema: object) -> tuple[str, ...]:
        return tuple(str(name) for name in sequence(self.resolve(schema).get("required")))

    def items(self, schema: object) -> Schema:
        """The unresolved schema of an array's items."""
        return mapping(self.resolve(schema).get("items"))

    def at(self, schema: object, path: FieldPath) -> Schema:
        """The resolved schema of the field at that path; empty where there is none."""
        for name in path:
            schema = self.properties(schema).get(name, {})
        return self.resolve(schema)

    def walk(
        self, schema: object, depth: int = 1, *, into_arrays: bool = False
    ) -> Iterator[tuple[FieldPath, Schema]]:
        """Every field and its resolved schema, shallow first, `depth` objects down, of the items of arrays if asked."""
        waiting: deque[tuple[FieldPath, object]] = deque([((), schema)])
        left = FIELDS
        while waiting:
            path, parent = waiting.popleft()
            if into_arrays and self.type_of(parent) == "array":
                parent = self.items(parent)
            for name, raw in self.properties(parent).items():
                left -= 1
                if left < 0:
                    return
                field, here = self.resolve(raw), (*path, name)
                yield here, field
                if len(here) < depth and self.type_of(field) in (
                    "object",
                    *(["array"] if into_arrays else []),
                ):
                    waiting.append((here, field))

    def _at(self, reference: str) -> object:
        if not reference.startswith("#"):
            return {}
        node: object = self._document
        for part in reference.lstrip("#").strip("/").split("/"):
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(node, list):
                node = node[int(name)] if name.isdigit() and int(name) < len(node) else {}
            else:
                node = mapping(node).get(name, {})
        return node

    def _alternatives(self, schema: Mapping[str, Any]) -> list[Any]:
        """What `anyOf` or `oneOf` offer beside null."""
        offered = sequence(schema.get("anyOf")) or sequence(schema.get("oneOf"))
        return [one for one in offered if mapping(one).get("type") != "null"]

    def _resolve(self, node: object, depth: int) -> Schema:
        """Each reference is resolved once: what it leads to may be asked for a thousand times."""
        here = mapping(node)
        reference = here.get("$ref")
        if not isinstance(reference, str):
            return self._fold(here, depth)
        beside = {key: value for key, value in here.items() if key != "$ref"}
        target = self._referred(reference, depth)
        return self._fold({**target, **beside}, depth) if beside else target

    def _referred(self, reference: str, depth: int) -> Schema:
        if reference in self._open or depth >= DEPTH:
            return {}
        if reference not in self._known:
            self._open.add(reference)
            try:
                self._known[reference] = self._resolve(self._at(reference), depth + 1)
            finally:
                self._open.discard(reference)
        return self._known[reference]

    def _fold(self, schema: Mapping[str, Any], depth: int) -> Schema:
        """Each schema is folded once, too: YAML may show one object at a thousand places, or inside itself."""
        if not any(keyword in schema for keyword in _FOLDED):
            return _narrowed(schema)
        key = id(schema)
        if key in self._folds:
            return self._folds[key][1]
        if depth >= DEPTH or key in self._folding:
            return {}
        self._folding.add(key)
        try:
            folded = _narrowed(self._folded(schema, depth))
        finally:
            self._folding.discard(key)
        self._folds[key] = (schema, folded)
        return folded

    def _folded(self, schema: Mapping[str, Any], depth: int) -> Schema:
        alternatives = self._alternatives(schema)
        if len(alternatives) == 1 and "properties" not in schema:
            outer = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
            offered = sequence(schema.get("anyOf")) or sequence(schema.get("oneOf"))
            absent = {"nullable": True} if len(offered) > 1 else {}
            schema = {**self._resolve(alternatives[0], depth + 1), **outer, **absent}
        if isinstance(schema.get("allOf"), list):
            schema = self._merge(schema, depth)
        return schema

    def _merge(self, schema: Mapping[str, Any], depth: int) -> Schema:
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        properties: dict[str, Any] = {}
        required: list[Any] = []
        for part in [*(self._resolve(one, depth + 1) for one in schema["allOf"]), merged]:
            properties |= mapping(part.get("properties"))
            required += sequence(part.get("required"))
            merged = {**{k: v for k, v in part.items() if k not in ("properties", "required")}, **merged}
        if properties:
            merged = {"type": "object", **merged, "properties": properties}
        if required:
            merged["required"] = list(dict.fromkeys(str(name) for name in required))
        return merged


def _narrowed(schema: Schema) -> Schema:
    """The schema with no more properties than anybody looks at."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or len(properties) <= WIDEST:
        return schema
    kept = dict(islice(properties.items(), WIDEST))
    required = [name for name in sequence(schema.get("required")) if isinstance(name, str) and name in kept]
    return {**schema, "properties": kept, "required": required}
