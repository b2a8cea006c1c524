"""What leaves the service in the body of an answer, beside what the document says of it."""

from __future__ import annotations

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.closing import unknown_fields
from compliance.contract.model import Operation, Schema
from compliance.contract.shapes import answers_json, is_json, json_successes, leads_nowhere, says_nothing
from compliance.rules.contract.evidence import prove_working, trials_of
from compliance.target.reach import Target
from compliance.target.tape import Exchange

#: Characters of the names of unknown fields that are shown.
_NAMED = 120


@rule(
    "CON-008",
    "A successful answer has a schema",
    level=Level.MUST,
    subjects=answers_json,
    phase=Phase.ENGINE,
)
def successes_are_described(target: Target, operation: Operation) -> None:
    """
    Why: without a response model nothing filters what leaves the service, and no client knows what comes.

    Breaks: `@router.get("/products")` on a function that returns whatever it finds

    Conforms: `@router.get("/products", response_model=ProductListResponse)`
    """
    described = json_successes(operation)
    if any(leads_nowhere(response.name, response.schema) for response in described.values()):
        raise Untested("the schema of the answer is a reference that cannot be followed")
    silent = [code for code, one in described.items() if says_nothing(target.contract.resolver, one.schema)]
    if not silent:
        prove_working(target, operation)
        return
    answers = [trial.exchange for trial in trials_of(target, operation) if trial.exchange.ok]
    if not answers:
        raise Untested(
            "no request to this operation succeeded, so that nothing shows whether it answers JSON"
        )
    # FastAPI documents files and streams as JSON without a schema, unless it is told what they are.
    telling = [one for one in answers if is_json(one.media_type) and one.value is not None]
    if not telling:
        raise NotApplicable("its successes are no JSON, or none with anything in it")
    if any(code in (str(one.status), f"{one.status // 100}XX") for code in silent for one in telling):
        said = "any value, or any object at all"
        raise Violation(
            "a success is described as anything", "a schema that names its fields", said, telling[:1]
        )
    raise Untested(f"the answer {', '.join(silent)}, which has no schema, was not seen")


@rule(
    "CON-009",
    "An answer carries only the fields that its schema names",
    level=Level.SHOULD,
    subjects=answers_json,
    phase=Phase.ENGINE,
)
def answers_carry_only_named_fields(target: Target, operation: Operation) -> None:
    """
    Why: a field that the schema does not know did not pass through the response model, and anything may follow it.

    Breaks: `return JSONResponse({**product, "internal_price": price})`

    Conforms: `response_model=ProductResponse`, or a schema that declares its additional properties
    """
    compared = 0
    for exchange in (trial.exchange for trial in trials_of(target, operation)):
        schema = _schema_of(operation, exchange)
        if schema is None or not is_json(exchange.media_type) or exchange.status >= 500:
            continue
        unknown = unknown_fields(target.contract.resolver, schema, exchange.value)
        if unknown:
            named = ", ".join(dict.fromkeys(".".join(way) for way in unknown))
            raise Violation(
                "an answer carries fields that its schema does not name",
                "the fields of the schema",
                f"{exchange.status} with {named[:_NAMED]}",
                [exchange],
            )
        compared += exchange.ok
    prove_working(target, operation)
    if not compared:
        raise Untested("no success of this operation was JSON that the document describes")


def _schema_of(operation: Operation, exchange: Exchange) -> Schema | None:
    """The schema that the document has for an answer; none for the framework's own words on invalid data, which it models late."""
    status = str(exchange.status)
    known = {code.upper(): response for code, response in operation.responses.items()}
    response = known.get(status) or known.get(f"{status[0]}XX") or known.get("DEFAULT")
    framework = response is not None and response.name == "HTTPValidationError"
    # RFC 9457 section 3.2: whoever describes a problem may add members to it.
    extensible = exchange.media_type == "application/problem+json"
    return None if response is None or framework or extensible else response.schema
