"""What shows that an operation works as it is documented, so that the absence of faults says something."""

from __future__ import annotations

from compliance.catalogue import Untested
from compliance.contract.model import Operation
from compliance.target.reach import Target
from compliance.traffic.trial import RECORDED, Trial

#: What a success has to pass before it shows that the operation works: whoever answers 200 to everything passes one of them.
_DOCUMENTED = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")


def trials_of(target: Target, operation: Operation) -> list[Trial]:
    """What was sent to the operation itself, by the engine or by a rule before it."""
    return [
        trial for trial in target.traffic.of(operation.label) if trial.exchange.operation == operation.label
    ]


def works(target: Target, operation: Operation) -> list[Trial]:
    """The successes that are as documented."""
    good = [trial for trial in trials_of(target, operation) if trial.exchange.ok and _was_judged(trial)]
    return [trial for trial in good if not any(failure.check in _DOCUMENTED for failure in trial.failures)]


def prove_working(target: Target, operation: Operation) -> None:
    """Raises Untested where no success was as documented."""
    if not trials_of(target, operation):
        raise Untested(target.restraint.why_unsent(operation))
    if not works(target, operation):
        raise Untested("no request to this operation succeeded as documented")


def _was_judged(trial: Trial) -> bool:
    """Whether the checks applied to a success at all: they do not to data that is wrong on purpose."""
    return trial.positive or trial.phase == RECORDED
