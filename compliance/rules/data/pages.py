"""What reads many rows reads them page by page, in an order, and not one query a row."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from compliance.catalogue import Level, Phase, rule
from compliance.result import Place
from compliance.rules.data.sessions import SQLALCHEMY
from compliance.source import Source
from compliance.source.modules import Function, dotted
from compliance.source.subjects import whole


@rule(
    "DAT-005",
    "No query is repeated for every row of another one",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def queries_are_not_repeated(source: Source, _: Source) -> None:
    """
    Why: a page of a hundred rows costs a hundred and one queries, each with its own way to the database and back.

    Breaks: `for user in users: posts = await session.scalars(select(Post).where(Post.user_id == user.id))`

    Conforms: `select(User).options(selectinload(User.posts))`, or one query with `Post.user_id.in_(…)`
    """
    source.must_have(*SQLALCHEMY, what="SQLAlchemy")
    places = [
        function.module.place(node, "asked again for every row")
        for function in source.functions
        if function.module.name not in source.programs
        for node in _repeated(source, function)
    ]
    source.none_of(
        places, "a query is repeated for every row", "selectinload, a join, or one query with in_()"
    )


def _repeated(source: Source, function: Function) -> Iterator[ast.Call]:
    """Queries in the loops over rows that depend on the row, one a loop."""
    for target, rows, body in _loops(function):
        names = {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
        calls = [node for one in body for node in ast.walk(one) if isinstance(node, ast.Call)]
        asking = next((node for node in calls if _asks_by(source, function, node, names)), None)
        if asking is not None and _are_rows(source, function, rows):
            yield asking


def _loops(function: Function) -> Iterator[tuple[ast.expr, ast.expr, Sequence[ast.AST]]]:
    """Loops and comprehensions: the names, what they go through, and what is done each time."""
    for loop in function.nodes(ast.For):
        yield loop.target, loop.iter, loop.body
    for async_loop in function.nodes(ast.AsyncFor):
        yield async_loop.target, async_loop.iter, async_loop.body
    for listed in function.nodes(ast.ListComp):
        yield listed.generators[0].target, listed.generators[0].iter, [listed.elt]
    for generated in function.nodes(ast.GeneratorExp):
        yield generated.generators[0].target, generated.generators[0].iter, [generated.elt]


def _asks_by(source: Source, function: Function, node: ast.Call, names: set[str]) -> bool:
    """Whether a call asks the database for what belongs to one of these names, itself or in the function that it calls."""
    if source.statements.asks(function, node):
        parts = source.statements.flow(function).feeding(_chain(function, node))
    else:
        target = source.types.callee(function, node)
        if not (isinstance(target, Function) and source.statements.asks_itself(target)):
            return False
        given = [*node.args, *(one.value for one in node.keywords)]
        parts = (part for one in given for part in ast.walk(one))
    return any(isinstance(one, ast.Name) and one.id in names for one in parts)


def _chain(function: Function, node: ast.Call) -> ast.expr:
    """The whole of `session.query(…).filter(…).first()`, of which the call is the beginning."""
    whole_chain: ast.expr = node
    above = function.module.parents.get(node)
    while isinstance(above, (ast.Attribute, ast.Call)) and whole_chain in (
        getattr(above, "value", None),
        getattr(above, "func", None),
    ):
        whole_chain, above = above, function.module.parents.get(above)
    return whole_chain


def _are_rows(source: Source, function: Function, value: ast.expr) -> bool:
    """Whether the rows of a query go into an expression, of this function or of one that it calls."""
    for node in source.statements.flow(function).feeding(value):
        if not isinstance(node, ast.Call):
            continue
        if source.statements.asks(function, node):
            return True
        target = source.types.callee(function, node)
        if isinstance(target, Function) and source.statements.queries(target):
            return True
    return False


@rule(
    "DAT-011",
    "A page is cut from rows in an order",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def pages_have_an_order(source: Source, _: Source) -> None:
    """
    Why: without an order the database may answer every page from another one, so that rows come twice or never.

    Breaks: `select(User).offset(skip).limit(limit)`

    Conforms: `select(User).order_by(User.created_at.desc(), User.id.desc()).offset(skip).limit(limit)`
    """
    source.must_have(*SQLALCHEMY, what="SQLAlchemy")
    places = [place for function in source.functions for place in _without_order(source, function)]
    source.none_of(places, "a page without an order", "order_by(…) with every offset(…)")


def _without_order(source: Source, function: Function) -> Iterator[Place]:
    offsets = [
        node
        for node in function.nodes(ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "offset"
    ]
    if not offsets or _orders(function):
        return
    for node in offsets:
        if source.statements.selects(function, node.func):
            yield function.module.place(node, "offset without order_by")


def _orders(function: Function) -> bool:
    """Whether anything in the function orders rows, whatever it is called."""
    return any(
        "order" in name.lower() or "sort" in name.lower()
        for name in (
            node.attr if isinstance(node, ast.Attribute) else dotted(node)
            for node in function.nodes(ast.Attribute, ast.Name)
        )
    )
