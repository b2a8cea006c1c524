"""Answers held against the document, on the traffic of the one engine run."""

from __future__ import annotations

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.headers import is_promised, promised, promising
from compliance.contract.model import Operation
from compliance.contract.subjects import operations
from compliance.rules.contract.evidence import prove_working, trials_of
from compliance.target.reach import Target


@rule(
    "CON-001",
    "Responses match their documented schemas",
    level=Level.MUST,
    subjects=operations,
    phase=Phase.ENGINE,
)
def responses_match_their_schemas(target: Target, operation: Operation) -> None:
    """
    Why: clients are generated from the document; an answer that it does not describe breaks them at run time.

    Breaks: `return {"id": str(user.id)}` under a schema that says integer

    Conforms: `response_model=UserResponse`, and nothing that goes around it
    """
    _judge(target, operation, "response_schema_conformance", "a response does not match its schema")


@rule(
    "CON-002", "Answers have documented statuses", level=Level.SHOULD, subjects=operations, phase=Phase.ENGINE
)
def statuses_are_documented(target: Target, operation: Operation) -> None:
    """
    Why: a status that the document does not name is one that no client handles.

    Breaks: `@router.get("/{id}")` that may answer 404 and does not say so

    Conforms: `responses={404: {"model": ErrorResponse}}`
    """
    _judge(target, operation, "status_code_conformance", "a status is not documented")


@rule(
    "CON-003",
    "Answers have documented content types",
    level=Level.SHOULD,
    subjects=operations,
    phase=Phase.ENGINE,
)
def content_types_are_documented(target: Target, operation: Operation) -> None:
    """
    Why: a client decides by the content type how to read a body.

    Breaks: a handler that answers `PlainTextResponse` where the document says `application/json`

    Conforms: `response_class=PlainTextResponse`, or `responses={200: {"content": {"text/plain": {}}}}`
    """
    _judge(target, operation, "content_type_conformance", "a content type is not documented")


@rule(
    "CON-004",
    "Documented response headers are sent",
    level=Level.SHOULD,
    subjects=promising,
    phase=Phase.ENGINE,
)
def promised_headers_are_sent(target: Target, operation: Operation) -> None:
    """
    Why: a client relies on what the document promises, a page to come or a place to look, and it is not there.

    Breaks: `responses={201: {"headers": {"Location": {"required": True, …}}}}` and no `Location`

    Conforms: `response.headers["Location"] = …` wherever the document says so
    """
    promises = promised(target.contract, operation)
    _judge(target, operation, "response_headers_conformance", "a documented header is missing or wrong")
    seen = [trial.exchange for trial in trials_of(target, operation) if not trial.exchange.busy]
    if not any(is_promised(promises, exchange.status) for exchange in seen):
        raise Untested(f"no answer had a status for which headers are documented: {', '.join(promises)}")


def _judge(target: Target, operation: Operation, check: str, cause: str) -> None:
    """Raises Violation where an answer failed the check, Untested where no success was as documented."""
    for trial in trials_of(target, operation):
        for failure in trial.failures:
            if failure.check == check and trial.exchange.status < 500:  # a 5xx is a finding of ERR-001
                observed = f"{trial.exchange.status}: {failure.message}"
                raise Violation(cause, "what the document says", observed, [trial.exchange])
    prove_working(target, operation)
