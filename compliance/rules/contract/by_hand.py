"""Request bodies that are read past the framework, and texts in them that may have any length."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.contract.paths import vocabulary, words
from compliance.source.modules import last
from compliance.source.subjects import whole
from compliance.source.texts import unbounded_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.result import Place
    from compliance.source import Source
    from compliance.source.modules import Function
    from compliance.source.operations import Operation

#: Words in the path or the name of an operation that somebody else's service calls with a signature or a protocol.
_FOREIGN = vocabulary(
    "webhook webhooks hook hooks callback callbacks event events slack stripe github discord paypal twilio telegram "
    "signature rpc jsonrpc graphql mcp scim oauth oauth2 token introspect revoke register proxy internal"
)
_RAW = frozenset({"body", "stream"})


@rule(
    "CON-014",
    "A text in a request body has a maximum length",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def texts_are_bounded(source: Source, _: Source) -> None:
    """
    Why: without a maximum one request fills a row, a log and every list that shows it.

    Breaks: `class ProductCreate(BaseModel): name: str`

    Conforms: `name: str = Field(max_length=100)`, `name: Name` with `Name = Annotated[str, Field(max_length=100)]`
    """
    schemas = {
        body.schema.name: body.schema for one in source.operations for body in one.bodies if body.schema
    }
    if not schemas:
        source.must_be_read()
        raise NotApplicable("no operation takes a body with a schema")
    places = [place for schema in schemas.values() for place in unbounded_texts(source, schema)]
    source.none_of(places, "a text of a body has no maximum length", "max_length, or a type that has one")


@rule(
    "CON-015",
    "A JSON body is not read by hand",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def bodies_are_declared(source: Source, _: Source) -> None:
    """
    Why: what is read by hand is validated by nobody, and the document shows no body at all.

    Breaks: `data = await request.json()`

    Conforms: `async def create(data: ProductCreate)`; a webhook that verifies a signature over the bytes
    """
    if not source.operations:
        raise NotApplicable("the service has no operation that its text shows")
    places = [place for one in source.operations for place in _read_by_hand(source, one)]
    source.none_of(places, "a JSON body is read by hand", "a parameter with a schema")


def _read_by_hand(source: Source, operation: Operation) -> Iterator[Place]:
    if operation.is_hidden or _is_foreign(operation):
        return
    for function in (operation.function, *operation.dependencies):
        calls = list(_asked(source, function))
        if any(_method(call) in _RAW for call in calls):
            continue  # the bytes as they came: for a signature
        for call in calls:
            if _method(call) == "json":
                yield function.module.place(call, f"in {function.short}")


def _asked(source: Source, function: Function) -> Iterator[ast.Call]:
    """The calls of a method of the request."""
    for call in function.nodes(ast.Call):
        if (
            not call.args
            and _method(call) in _RAW | {"json"}
            and last(source.types.of(function, _owner(call))) == "Request"
        ):
            yield call


def _owner(call: ast.Call) -> ast.expr | None:
    return call.func.value if isinstance(call.func, ast.Attribute) else None


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_foreign(operation: Operation) -> bool:
    said = {*words(operation.path), *words(operation.function.name)}
    headers = {word for one in operation.function.parameters for word in words(one.arg)}
    return bool((said | headers) & _FOREIGN)
