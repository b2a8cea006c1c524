"""Lists are read page by page."""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.rules.data.sessions import SQLALCHEMY
from compliance.source import Source
from compliance.source.modules import Class, Function, Module, dotted, last
from compliance.source.routes import Route
from compliance.source.statements import Query

_LISTS = frozenset(["list", "List", "Sequence", "Iterable", "set", "tuple"])
_PAGES = re.compile(r"Page|Paginat|List(Resource|Response)|Results?$")
#: Fields that say that what stands beside them is a part of a list.
_OF_PAGES = re.compile(
    r"(total|page|item)s?(_(count|items|pages|size|number))?|count|(items_)?per_page|size|limit|offset|skip|cursor"
    r"|(next|previous)(_page|_cursor)?|has_(next|more|previous)|pagination|meta|links",
    re.IGNORECASE,
)
#: How many functions may lie between an operation and its query.
_DEPTH = 5


def lists(source: Source) -> Iterable[Route]:
    """The operations that answer with a list, or with an envelope of one."""
    return [route for route in source.routes if route.method == "get" and _is_list(source, route)]


@rule(
    "DAT-010",
    "A list is read with a limit",
    level=Level.MUST,
    subjects=lists,
    phase=Phase.READ,
    depth="source",
)
def lists_are_read_with_a_limit(source: Source, route: Route) -> None:
    """
    Why: a table only grows, and one day reading all of it takes the memory of the service.

    Breaks: `return (await session.scalars(select(User))).all()`

    Conforms: `select(User).order_by(User.id).offset(skip).limit(limit)`; rows by identifiers that the request names
    """
    source.must_have(*SQLALCHEMY, what="SQLAlchemy")
    found = list(_queries(source, route.function))
    for one in found:
        if not one.query.is_limited and not one.query.is_bounded:
            way = " > ".join(function.short for function in one.way)
            place = one.way[-1].module.place(one.query.node, f"{route.label} returns all rows: {way}")
            raise Violation(
                "a list is read without a limit", "limit(…), or rows that the request names", way, [place]
            )
    source.must_be_read()
    if not found:
        raise Untested("no query shows behind it: raw SQL, a relation, or code that nothing leads to")


@dataclass(frozen=True)
class _Found:
    """A query whose rows an operation returns, and the functions on the way to it."""

    way: tuple[Function, ...]
    query: Query


def _queries(source: Source, start: Function) -> Iterator[_Found]:
    """The queries whose rows get into what a function returns, the nearest first."""
    waiting: deque[tuple[Function, ...]] = deque([(start,)])
    seen = {start.name}
    while waiting:
        way = waiting.popleft()
        returned = {id(node) for node in source.statements.returned(way[-1])}
        for query in source.statements.queries(way[-1]):
            if id(query.node) in returned:
                yield _Found(way, query)
        if len(way) > _DEPTH:
            continue
        for call in source.calls.of(way[-1]):
            if call.function.short.endswith("_ids"):
                continue  # another query chooses by what it returns
            if id(call.node) in returned and call.function.name not in seen:
                seen.add(call.function.name)
                waiting.append((*way, call.function))


def _is_list(source: Source, route: Route) -> bool:
    stated = route.option("response_model")
    if stated is None or (isinstance(stated, ast.Constant) and stated.value is None):
        stated = route.function.node.returns
    return stated is not None and _says_list(source, route.function.module, stated)


def _says_list(source: Source, module: Module, annotation: ast.expr, depth: int = 0) -> bool:
    """Whether an annotation is that of a list or of an envelope of one."""
    if depth > _DEPTH:
        return False
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    if isinstance(annotation, ast.BinOp):
        return any(_says_list(source, module, one, depth + 1) for one in (annotation.left, annotation.right))
    if isinstance(annotation, ast.Subscript):
        name = last(dotted(annotation.value))
        if name in _LISTS or _PAGES.search(name):
            return True
        return name in ("Annotated", "Optional") and _says_list(source, module, _first(annotation), depth + 1)
    meaning = source.index.meaning(module, dotted(annotation))
    if isinstance(meaning.definition, ast.expr) and meaning.definition is not annotation:
        return _says_list(source, meaning.module or module, meaning.definition, depth + 1)
    return isinstance(meaning.definition, Class) and _is_envelope(source, meaning.definition)


def _first(annotation: ast.Subscript) -> ast.expr:
    return annotation.slice.elts[0] if isinstance(annotation.slice, ast.Tuple) else annotation.slice


def _is_envelope(source: Source, one: Class) -> bool:
    """A list and little beside it, or beside it what speaks of pages."""
    fields = {
        name: annotation
        for each in reversed([one, *source.index.ancestors(one)])
        for name, annotation in each.fields.items()
        if name not in ("model_config", "Config")
    }
    held = [
        name
        for name, annotation in fields.items()
        if isinstance(annotation, ast.Subscript) and last(dotted(annotation.value)) in _LISTS
    ]
    pages = any(_OF_PAGES.fullmatch(name) for name in fields if name not in held)
    return len(held) == 1 and (len(fields) <= 2 or (pages and len(fields) <= 8))
