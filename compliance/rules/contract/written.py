"""What operations take and answer, as their code declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.source.modules import last
from compliance.source.operations import BodyKind, Stated
from compliance.source.subjects import operations, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.source import Source
    from compliance.source.operations import Operation


def takes_a_body(source: Source) -> Iterable[Operation]:
    """The operations with a body that their signature shows."""
    return (one for one in source.operations if one.bodies and set(one.methods) != {"GET"})


def answers_json(source: Source) -> Iterable[Operation]:
    """The operations whose answer the framework makes: no files, redirects or responses that are sent as they stand."""
    return (one for one in operations(source) if one.answer.stated is not Stated.NO_JSON)


@rule(
    "CON-007",
    "A request body has a schema with named fields",
    level=Level.MUST,
    subjects=takes_a_body,
    phase=Phase.READ,
    depth="source",
)
def body_is_a_schema(_: Source, operation: Operation) -> None:
    """
    Why: what is taken as any object is validated by nobody, and no client knows what to send.

    Breaks: `async def create(data: dict[str, Any])`; `async def create(data: Annotated[Any, Body()])`

    Conforms: `async def create(data: ProductCreate)`
    """
    raw = [one for one in operation.bodies if one.kind is BodyKind.RAW]
    if raw:
        raise Violation(
            "a body is described as anything",
            "a schema with named fields",
            f"{raw[0].name}: {raw[0].type}",
            [one.at for one in raw],
        )


@rule(
    "CON-008",
    "A successful answer has a schema",
    level=Level.MUST,
    subjects=answers_json,
    phase=Phase.READ,
    depth="source",
)
def answer_is_a_schema(_: Source, operation: Operation) -> None:
    """
    Why: without a response model nothing filters what leaves the service, and no client knows what comes.

    Breaks: `@router.get("/me")` over `async def me(…): return {"id": …}`; `-> dict[str, Any]`

    Conforms: `-> UserResponse`, `response_model=UserResponse`, or a `Response` whose content comes from elsewhere
    """
    answer = operation.answer
    match answer.stated:
        case Stated.UNKNOWN:
            raise Untested(f"what it returns is not known: {answer.type}")
        case Stated.RAW | Stated.NOTHING:
            raise Violation(
                "an answer has no schema",
                "a response model with named fields",
                f"{answer.stated}: {answer.type}",
                [answer.at],
            )


@rule(
    "CON-013",
    "A mapped table is neither a request nor an answer",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def tables_stay_inside(source: Source, _: Source) -> None:
    """
    Why: a table that is a body lets a client set every column, one that is an answer shows every column.

    Breaks: `class Hero(SQLModel, table=True)` with `async def create(hero: Hero) -> Hero`

    Conforms: `async def create(hero: HeroCreate) -> HeroResponse`, each a schema without a table
    """
    if not source.operations:
        raise NotApplicable("the service has no operation that its text shows")
    taken = [
        (one.at, f"{one.name} is the table {last(one.schema.name)}")
        for operation in source.operations
        for one in operation.bodies
        if one.kind is BodyKind.TABLE and one.schema
    ]
    shown = [
        (operation.at, f"the answer shows the table {last(operation.answer.tables[0])}")
        for operation in source.operations
        if operation.answer.tables
    ]
    places = [place.noted(note) for place, note in (*taken, *shown)]
    source.none_of(places, "a mapped table stands in for a schema", "a schema without a table")
