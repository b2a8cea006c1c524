"""How a request writes."""

from __future__ import annotations

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.inside import Watch

#: Writes that belong together, from so many on.
TOGETHER = 2


@rule(
    "RUN-005",
    "The writes of a request are one transaction",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.TAPE,
    depth="inside",
)
def writes_belong_together(watch: Watch, _: Service) -> None:
    """
    Why: what fails between two statements leaves an order without its items, and nobody to clean it up.

    Breaks: `create_async_engine(url, isolation_level="AUTOCOMMIT")`, and two inserts in one request

    Conforms: one session a request, committed once when everything has succeeded
    """
    if not any(served.statements for served in watch.own):
        raise NotApplicable("no statement of SQLAlchemy was executed for a request")
    writing = [served for served in watch.own if any(one.writes for one in served.statements)]
    if not writing:
        raise Untested("no statement that writes was executed for a request")
    for served in writing:
        alone = [one for one in served.statements if one.writes and one.autocommit]
        if len(alone) >= TOGETHER:
            raise Violation(
                "writes are committed one by one",
                "one transaction for all that a request writes",
                f"{len(alone)} writes outside of a transaction for {served.label}",
                [*dict.fromkeys(one.place for one in alone if one.place), served],
            )
