"""Running what is selected: with a sign of life for whoever waits, and a clean end when interrupted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.result import Run
    from compliance.run import Runner


def ran(runner: Runner) -> bool:
    """Judge everything that is selected and clean up; False where somebody interrupted it, which is then told."""
    from compliance.report.pulse import pulse
    from compliance.session import interruptible

    with pulse(lambda: f"compliance: {runner.progress}", sys.stderr), interruptible(runner.reached):
        try:
            for _ in runner.results():
                pass
        except KeyboardInterrupt:
            runner.finish()
        else:
            return True
        finally:
            runner.finish()
    _tell_leftovers(runner.run)
    return False


def _tell_leftovers(run: Run) -> None:
    """What an interrupted run has to say: whether anything stayed behind, and what."""
    if run.leftovers:
        rows = "\n".join(f"  {row}" for row in run.leftovers)
        words = f"interrupted; left behind:\n{rows}"
    else:
        words = "interrupted; what the run created was deleted" if run.requests else "interrupted"
    print(f"compliance: {words}", file=sys.stderr)  # noqa: T201
