"""Properties: hypothesis with every setting fixed, whatever profile the user's project has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Untested, Violation
from compliance.housekeeping import hypothesis_at_home

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def forall(strategy: SearchStrategy[Any], check: Callable[[Any], None], budget: int = 25) -> None:
    """Call the check with up to `budget` values and raise the Violation of the smallest one that breaks it.

    Derandomised, without database and deadline. The first Untested ends the search and is raised, unless a
    violation was found before it.
    """
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis.errors import Flaky

    doubts: list[Untested] = []

    def judge(value: Any) -> None:
        if doubts:
            return
        try:
            check(value)
        except Untested as doubt:
            doubts.append(doubt)

    fixed = settings(
        max_examples=budget,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    try:
        with hypothesis_at_home():
            fixed(given(strategy)(judge))()
    except Violation as violation:
        violation.__notes__ = []
        raise
    except Flaky:
        raise Untested("a value broke the rule once and not again") from None
    if doubts:
        raise doubts[0]
