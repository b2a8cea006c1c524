"""A plausible valid value from a schema, its texts tagged so that a run knows its own rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from compliance.contract.numbers import number
from compliance.contract.paths import singular
from compliance.contract.resolve import FieldPath, Resolver, Schema, mapping, sequence
from compliance.contract.texts import text

Json: TypeAlias = Any
#: Values by the way to a field, or by its name at whatever depth.
Overrides: TypeAlias = Mapping[FieldPath, Any] | Mapping[str, Any] | Mapping[FieldPath | str, Any]

#: How deep an example may be, and how many fields it may look at: schemas can be endless.
DEPTH = 12
FIELDS = 3000
#: More items than this are asked for by documents that want to hurt.
_ITEMS = 200


def example(
    resolver: Resolver,
    schema: Schema,
    *,
    seed_text: str,
    overrides: Overrides | None = None,
    fill_all: bool = False,
) -> Json:
    """A value that the schema allows: what it requires, and with `fill_all` all that it offers.

    seed_text: stands in every free text, so that unique fields are unique and the rows of a run can be found.
    overrides: values that win over the schema, by path (`("user", "email")`) or by name at whatever depth;
    a field that the schema does not know is added.
    """
    given: dict[Any, Any] = dict(overrides or {})
    paths = {key: value for key, value in given.items() if isinstance(key, tuple)}
    names = {key: value for key, value in given.items() if isinstance(key, str)}
    if () in paths:
        return paths[()]
    maker = _Maker(resolver, seed_text, paths, names, fill_all)
    value = maker.make(schema, (), ())
    if isinstance(value, dict):
        for path, forced in paths.items():
            put(value, path, forced)
        value |= {name: forced for name, forced in names.items() if name not in maker.placed}
    return value


class _Maker:
    def __init__(
        self,
        resolver: Resolver,
        seed_text: str,
        paths: Mapping[FieldPath, Json],
        names: Mapping[str, Json],
        fill_all: bool,
    ) -> None:
        self._resolver = resolver
        self._seed = seed_text
        self._paths = paths
        self._names = names
        self._fill_all = fill_all
        self._left = FIELDS
        #: the names whose override has found its field
        self.placed: set[str] = set()

    def make(self, raw: object, path: FieldPath, above: tuple[str, ...]) -> Json:
        """A value for the schema at that path; `above` are the named schemas that it lies within."""
        schema = self._chosen(self._resolver.resolve(raw))
        if "const" in schema:
            return schema["const"]
        choices = [choice for choice in sequence(schema.get("enum")) if choice is not None]
        if choices:
            return choices[0]
        name = self._resolver.name_of(raw)
        return self._of_type(schema, path, (*above, name) if name else above)

    def _of_type(self, schema: Schema, path: FieldPath, above: tuple[str, ...]) -> Json:
        name = path[-1] if path else ""
        match self._resolver.type_of(schema):
            case "object":
                return self._object(schema, path, above)
            case "array":
                return self._array(schema, path, above)
            case "integer":
                return number(schema, name, whole=True)
            case "number":
                return number(schema, name, whole=False)
            case "boolean":
                return schema["default"] if isinstance(schema.get("default"), bool) else True
            case "null":
                return None
        return text(schema, name, self._seed)

    def _chosen(self, schema: Schema) -> Schema:
        """The schema with the first of its alternatives that is not null merged into it."""
        for _ in range(DEPTH):
            key = next((key for key in ("oneOf", "anyOf") if sequence(schema.get(key))), None)
            if key is None:
                break
            offered = [one for one in schema[key] if mapping(one).get("type") != "null"]
            rest = {name: value for name, value in schema.items() if name not in (key, "allOf")}
            schema = self._resolver.resolve({"allOf": [rest, *offered[:1]]})
            schema = self._with_discriminator(schema, offered[0]) if offered else schema
        return schema

    def _with_discriminator(self, schema: Schema, alternative: object) -> Schema:
        """The property that tells which alternative it is has the value that stands for the chosen one."""
        discriminator = mapping(schema.get("discriminator"))
        name, properties = str(discriminator.get("propertyName", "")), self._resolver.properties(schema)
        shown = self._resolver.resolve(properties.get(name, {}))
        if not name or "const" in shown or "enum" in shown:
            return schema
        reference = mapping(alternative).get("$ref")
        named = [key for key, target in mapping(discriminator.get("mapping")).items() if target == reference]
        value = named[0] if named else self._resolver.name_of(alternative)
        required = [*self._resolver.required(schema), name]
        return {**schema, "properties": {**properties, name: {"const": value}}, "required": required}

    def _object(self, schema: Schema, path: FieldPath, above: tuple[str, ...]) -> dict[str, Json]:
        made: dict[str, Json] = {}
        required = self._resolver.required(schema)
        for name, raw in self._resolver.properties(schema).items():
            here = (*path, name)
            if name in self._names:
                made[name] = self._names[name]
                self.placed.add(name)
            elif here in self._paths:
                made[name] = self._paths[here]
            elif self._wanted(raw, here, name in required, above):
                made[name] = self.make(raw, here, above)
        if not made and _at_least(schema, "minProperties"):
            made[self._seed] = self.make(schema.get("additionalProperties"), (*path, self._seed), above)
        return made

    def _wanted(self, raw: object, path: FieldPath, required: bool, above: tuple[str, ...]) -> bool:
        if any(forced[: len(path)] == path for forced in self._paths):
            return True
        if not (required or self._fill_all):
            return False
        self._left -= 1
        if self._left < 0 or len(path) > DEPTH or self._resolver.resolve(raw).get("readOnly") is True:
            return False
        return required or self._resolver.name_of(raw) not in above

    def _array(self, schema: Schema, path: FieldPath, above: tuple[str, ...]) -> list[Json]:
        count = min(max(_at_least(schema, "minItems"), int(self._fill_all)), _ITEMS)
        items = self._resolver.items(schema)
        if self._left < 0 or len(path) > DEPTH:
            return []
        # An item is called as its array: `emails` holds what `email` would.
        here = [(*path, singular(path[-1]) if path else "") for _ in range(count)]
        if not schema.get("uniqueItems"):
            return [self.make(items, way, above) for way in here]
        made, seed = [], self._seed
        for place, way in enumerate(here):
            self._seed = f"{seed}{place}" if place else seed
            made.append(self.make(items, way, above))
        self._seed = seed
        return _distinct(made, self._resolver.resolve(items))


def _at_least(schema: Schema, keyword: str) -> int:
    value = schema.get(keyword)
    return value if isinstance(value, int) and value > 0 else 0


def _distinct(values: Sequence[Json], items: Schema) -> list[Json]:
    """Equal values made different, as far as that is simple."""
    choices = [choice for choice in sequence(items.get("enum")) if choice is not None]
    if choices:
        return choices[: len(values)]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        step = items.get("multipleOf")
        step = step if isinstance(step, int | float) and step > 0 else 1
        down = (
            isinstance(items.get("maximum"), int | float)
            and values[0] + step * len(values) > items["maximum"]
        )
        return [value - place * step if down else value + place * step for place, value in enumerate(values)]
    texts = [value for value in values if isinstance(value, str)]
    if len(set(texts)) == len(texts):
        return list(values)
    return [
        f"{value}{place}" if place and isinstance(value, str) else value for place, value in enumerate(values)
    ]


def put(value: dict[str, Json], path: FieldPath, forced: Json) -> None:
    """Set the field at that way, and make the objects on the way to it."""
    for name in path[:-1]:
        inner = value.get(name)
        if not isinstance(inner, dict):
            inner = value[name] = {}
        value = inner
    value[path[-1]] = forced
