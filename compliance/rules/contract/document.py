"""The document by itself: what it says of bodies, and whether it is one."""

from __future__ import annotations

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.correctness import faults
from compliance.contract.model import Operation, Service
from compliance.contract.shapes import leads_nowhere, says_nothing, takes_json
from compliance.contract.subjects import service
from compliance.target.reach import Target
from compliance.traffic.form import deviation

#: Places of one kind of fault that are named.
_NAMED = 3


@rule(
    "CON-007",
    "A request body has a schema with named fields",
    level=Level.MUST,
    subjects=takes_json,
    phase=Phase.HANDSHAKE,
)
def bodies_are_described(target: Target, operation: Operation) -> None:
    """
    Why: what is taken as any object is validated by nobody, and no client knows what to send.

    Breaks: `async def create(data: dict[str, Any])`

    Conforms: `async def create(data: ProductCreate)`
    """
    body = operation.body
    if body is None or leads_nowhere(body.name, body.schema):
        raise Untested("the schema of the body is a reference that cannot be followed")
    if says_nothing(target.contract.resolver, body.schema):
        raise Violation(
            "a body is described as anything", "a schema with named fields", "any value or any object at all"
        )


@rule("CON-011", "The document is valid", level=Level.SHOULD, subjects=service, phase=Phase.HANDSHAKE)
def document_is_valid(target: Target, _: Service) -> None:
    """
    Why: each tool makes something else of a document that is not valid, and some refuse it.

    Breaks: two functions with `operation_id="read"`; a path `/things/{id}` whose parameter is declared as `thing_id`

    Conforms: what `FastAPI().openapi()` makes, and OpenAPI 3.0, 3.1 and 2.0 alike
    """
    document = target.contract.document
    found = faults(document)
    for kind in dict.fromkeys(kind for kind, _ in found):
        places = [place for one, place in found if one == kind]
        more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
        raise Violation(kind, "a document as OpenAPI has it", ", ".join(places[:_NAMED]) + more)
    broken = deviation(document)
    if broken is not None:
        place, complaint = broken
        raise Violation(
            "the document is not of the form of its version",
            "what the schema of OpenAPI allows",
            f"{place}: {complaint}",
        )
