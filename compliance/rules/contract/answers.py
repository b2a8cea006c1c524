"""Answers held against the document, on the traffic of the one engine run."""

from __future__ import annotations

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.model import Operation
from compliance.contract.subjects import operations
from compliance.target.reach import Target
from compliance.traffic.trial import RECORDED, Trial

#: What a success has to pass before it shows that the operation works: whoever answers 200 to everything passes one of them.
_DOCUMENTED = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")


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


def _judge(target: Target, operation: Operation, check: str, cause: str) -> None:
    """Raises Violation where an answer failed the check, Untested where no success was as documented."""
    trials = [
        trial for trial in target.traffic.of(operation.label) if trial.exchange.operation == operation.label
    ]
    for trial in trials:
        for failure in trial.failures:
            if failure.check == check and trial.exchange.status < 500:  # a 5xx is a finding of ERR-001
                observed = f"{trial.exchange.status}: {failure.message}"
                raise Violation(cause, "what the document says", observed, [trial.exchange])
    if not trials:
        raise Untested(target.restraint.why_unsent(operation))
    good = [trial for trial in trials if trial.exchange.ok and _was_judged(trial)]
    if all(any(failure.check in _DOCUMENTED for failure in trial.failures) for trial in good):
        raise Untested("no request to this operation succeeded as documented")


def _was_judged(trial: Trial) -> bool:
    """Whether the checks applied to a success at all: they do not to data that is wrong on purpose."""
    return trial.positive or trial.phase == RECORDED
