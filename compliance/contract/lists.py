"""Which operations answer many, where the items lie, and how one moves through the pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from compliance.contract.model import FieldPath, ListOperation, Operation, Schema
from compliance.contract.paging import (
    NEXT,
    is_next,
    is_pages,
    is_total,
    paging_of,
    says_paging,
    tells_the_page,
)
from compliance.contract.paths import (
    above,
    below,
    canonical,
    ends_in_parameter,
    last_name,
    normal,
    path_words,
    segments,
    singular,
    vocabulary,
)
from compliance.contract.resolve import Resolver, mapping
from compliance.contract.verbs import without_verb

#: Names of the field that holds the items.
_ITEMS = vocabulary("items data results content records rows objects list entries edges elements values hits")
#: What may stand around the items of a list or around anything else.
_WRAPPING = vocabulary(
    "meta pagination links paging pageinfo success message status code error timestamp detail statuscode "
    "pageable sort"
)
_ENVELOPES = frozenset({"data", "result", "response", "payload"})
#: Operations that speak of the service, not of its rows.
_OPERATIONAL = vocabulary("health actuator metrics healthz liveness readiness jwks jwk")
_SCALARS = ("integer", "number", "string", "boolean")

#: How generated documents call a list whose schema they do not give: `Iterable«User»`.
_MANY = re.compile(r"(Iterable|List|Collection|Set|IEnumerable|Stream|Flux|Page)[«<\[(]")
#: Styles in which one can move on.
_MOVES_ON = ("page", "offset", "cursor")

Shape = tuple[FieldPath | None, Mapping[str, Schema], str]


def listing_at(operation: Operation, resolver: Resolver) -> ListOperation:
    """That operation as a list, whatever speaks against it."""
    shape = _shape(operation, resolver, paged=True)
    return _of_shape(operation, shape or (None, {}, "does not show its items"), resolver)


class _Neighbours:
    """What lies at which path, read once: a list is also known by what lies around it."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        #: canonical paths, verbs left out, at which single items are read or written
        self.items = {
            without_verb(o.path)[0] for o in operations if o.method in ("GET", "PUT", "PATCH", "DELETE")
        }
        #: canonical path -> the last segments of those that write there
        self.written: dict[str, set[str]] = defaultdict(set)
        for operation in operations:
            if operation.method != "GET":
                self.written[canonical(operation.path)].update(segments(operation.path)[-1:])


def lists_of(operations: Sequence[Operation], resolver: Resolver) -> tuple[ListOperation, ...]:
    """Every GET that answers many, in the document's order."""
    around = _Neighbours(operations)
    gets = [o for o in operations if o.method == "GET"]
    plain = [found for o in gets if not ends_in_parameter(o.path) and (found := _plain(o, around, resolver))]
    known = {canonical(listing.operation.path) for listing in plain}
    nested = [
        found for o in gets if ends_in_parameter(o.path) and (found := _nested(o, around, known, resolver))
    ]
    place = {id(operation): number for number, operation in enumerate(operations)}
    return tuple(sorted([*plain, *nested], key=lambda listing: place[id(listing.operation)]))


def _plain(operation: Operation, around: _Neighbours, resolver: Resolver) -> ListOperation | None:
    """A list at a path that ends in a name, or at the root."""
    paging = paging_of(operation, {}, resolver)
    if path_words(operation.path) & _OPERATIONAL and paging.style not in ("page", "offset"):
        return None
    shape = _shape(operation, resolver, paged=paging.style in _MOVES_ON)
    if shape is None and _is_silent(operation, resolver):
        if not segments(operation.path):
            return None
        if paging.style in _MOVES_ON:
            shape = None, {}, "answers without a schema and takes the parameters of a paged list"
        elif _has_items(operation, around):
            shape = None, {}, "answers without a schema and has single items below it"
    return _listing(operation, shape, resolver)


def _nested(
    operation: Operation, around: _Neighbours, known: set[str], resolver: Resolver
) -> ListOperation | None:
    """A list at a path that ends in a parameter (`/posts/tag/{id}`), unless that parameter names one item."""
    paging = paging_of(operation, {}, resolver)
    shape = _shape(operation, resolver, paged=paging.style in ("page", "offset"))
    if shape is None and paging.style in ("page", "offset") and _is_silent(operation, resolver):
        shape = None, {}, "answers without a schema and takes the parameters of a paged list"
    if paging.style == "none" and _names_one_item(operation, around, known):
        return None
    return _listing(operation, shape, resolver)


def _listing(operation: Operation, shape: Shape | None, resolver: Resolver) -> ListOperation | None:
    return _of_shape(operation, shape, resolver) if shape else None


def _of_shape(operation: Operation, shape: Shape, resolver: Resolver) -> ListOperation:
    items, envelope, reason = shape
    paging = paging_of(operation, envelope, resolver)
    around = items[:-1] if items else ()
    return ListOperation(
        operation=operation,
        items=items,
        style=paging.style,
        page=paging.page,
        size=paging.size,
        offset=paging.offset,
        cursor=paging.cursor,
        total=_find(envelope, is_total, around, resolver),
        pages=_find(envelope, is_pages, around, resolver),
        next=_find(envelope, is_next, around, resolver),
        size_maximum=paging.maximum,
        size_default=paging.default,
        reason=f"{operation.label}: {reason}; {paging.reason}",
    )


def _shape(operation: Operation, resolver: Resolver, *, paged: bool) -> Shape | None:
    """Where the documented answer has its items, and what stands beside them.

    paged: the operation takes the parameters of a page, so that its one array is what is paged whatever stands beside it.
    """
    answer = operation.success
    if answer is None:
        return None
    is_told = resolver.type_of(answer.schema) == "array" or resolver.properties(answer.schema)
    if not is_told and _MANY.match(answer.name or ""):
        return None, {}, f"answers what it calls {answer.name!r}"
    shapes = [
        _shape_of(one, operation, resolver, paged=paged)
        for one in resolver.alternatives(answer.schema) or (answer.schema,)
    ]
    found = [one for one in shapes if one]
    # Of one kind of item or another, as `include=comments` has it: they lie in one place.
    return found[0] if len(found) == len(shapes) and len({one[0] for one in found}) == 1 else None


def _shape_of(schema: Schema, operation: Operation, resolver: Resolver, *, paged: bool) -> Shape | None:
    if resolver.type_of(schema) == "array":
        return (), {}, "answers an array"
    properties = resolver.properties(schema)
    found = _array_in(properties, operation, resolver) or (
        _only_array(properties, resolver) if paged else None
    )
    if found:
        return (found,), _beside(properties, found), f"answers its items in {found!r}"
    for name, raw in properties.items():
        inner = resolver.properties(raw)
        found = _only_array(inner, resolver) if normal(name) in _ENVELOPES else None
        if found and sum(not _is_wrapping(key) for key in _beside(inner, found)) <= 1:
            return (name, found), {**_beside(inner, found)}, f"answers its items in '{name}.{found}'"
    return None


def _array_in(properties: Mapping[str, Schema], operation: Operation, resolver: Resolver) -> str | None:
    """The one array that the object is made for: only paging stands beside it, or it has the path's name."""
    arrays = [name for name, raw in properties.items() if resolver.type_of(raw) == "array"]
    rest = {name: raw for name, raw in properties.items() if name not in arrays}
    strangers = [name for name in rest if not _is_wrapping(name)]
    likely = [name for name in arrays if normal(name) in _ITEMS]
    if len(arrays) > 1:
        return likely[0] if likely and not strangers else None
    if not arrays:
        return None
    counted = any(is_total(normal(name)) for name in rest)
    if not strangers or (len(strangers) == 1 and (likely or counted)):
        return arrays[0]
    last = normal(last_name(operation.path))
    named = normal(arrays[0]) in {last, f"{last}s", f"{last}list"}
    flat = all(resolver.type_of(raw) in _SCALARS for raw in rest.values())
    return arrays[0] if named and flat and len(strangers) <= 2 else None


def _only_array(properties: Mapping[str, Schema], resolver: Resolver) -> str | None:
    arrays = [name for name, raw in properties.items() if resolver.type_of(raw) == "array"]
    return arrays[0] if len(arrays) == 1 else None


def _beside(properties: Mapping[str, Schema], name: str) -> dict[str, Schema]:
    return {key: raw for key, raw in properties.items() if key != name}


def _is_wrapping(name: str) -> bool:
    return normal(name) in _WRAPPING or says_paging(normal(name)) or normal(name) in NEXT


def _find(
    envelope: Mapping[str, Schema], wanted: Callable[[str], bool], around: FieldPath, resolver: Resolver
) -> FieldPath | None:
    """The field of the envelope, or of one object in it (`meta.total`), that has such a name; a `count` beside a
    `total` counts the page."""

    def named(fields: Mapping[str, Schema]) -> str | None:
        found = [name for name in fields if wanted(normal(name))]
        return min(found, key=lambda name: "total" not in normal(name), default=None)

    name = named(envelope)
    if name:
        return (*around, name)
    for outer, raw in envelope.items():
        fields = resolver.properties(raw)
        inner = named(fields) if normal(outer) in _WRAPPING or tells_the_page(fields) else None
        if inner:
            return (*around, outer, inner)
    return None


def _is_silent(operation: Operation, resolver: Resolver) -> bool:
    """Whether the document says nothing of what is answered."""
    answer = operation.success
    if answer is None:
        return True
    schema = resolver.resolve(answer.schema)
    told = resolver.properties(schema) or mapping(schema.get("additionalProperties")) or "enum" in schema
    return (
        resolver.type_of(schema) in (None, "object")
        and not told
        and not schema.get("anyOf")
        and not schema.get("oneOf")
    )


def _has_items(operation: Operation, around: _Neighbours) -> bool:
    return below(without_verb(operation.path)[0]) in around.items


def _names_one_item(operation: Operation, around: _Neighbours, known: set[str]) -> bool:
    """Whether the last parameter names one row: others change it by that, or a list stands right above."""
    here, last = canonical(operation.path), segments(operation.path)[-1]
    if last in around.written.get(here, ()):
        return True
    collection = above(here)
    noun, name = singular(normal(last_name(collection))), normal(last)
    return collection in known and (name in ("id", "uuid", "slug") or (bool(noun) and noun in name))
