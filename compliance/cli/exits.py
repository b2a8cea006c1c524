"""How a command ends: one number a kind of ending, so that a job can tell a broken service from one that was down."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.verdict import Verdict

COMPLIANT, NOT_COMPLIANT, USAGE, INCONCLUSIVE, UNREACHABLE, FAULT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
#: By the verdict's word. What a partial run examined holds, or it would not be called partial.
BY_WORD = {
    "compliant": COMPLIANT,
    "partial": COMPLIANT,
    "not compliant": NOT_COMPLIANT,
    "inconclusive": INCONCLUSIVE,
}


def of(verdict: Verdict, gone: str = "") -> int:
    """How a run of that verdict ends: well, too, where somebody gave a baseline and nothing is new.

    gone: what is said of a service that stopped answering, or never did. A verdict that is open for that reason is open
    because nobody answered; what was seen broken before remains broken.

    A rule that fails by a fault of the kit's own leaves the verdict open too: that is INCONCLUSIVE, for the other rules
    did their work and the report has it. FAULT is for a run that gives no report at all.
    """
    if verdict.nothing_new:
        return COMPLIANT
    status = BY_WORD[verdict.word]
    return UNREACHABLE if gone and status == INCONCLUSIVE else status


#: What `check` says of it.
TOLD = (
    "Exit status: 0 compliant, also with waivers, or partial; 1 not compliant, 2 usage or configuration, "
    "3 inconclusive, 4 the target cannot be reached, or stopped answering, 5 a fault of the kit's own, 130 interrupted. "
    "Partial: rules were selected, and none of them is broken. Inconclusive: too little could be decided, of selected "
    "rules too. With --baseline also 0 where nothing is broken but what that file knows, and nothing is in doubt."
)
