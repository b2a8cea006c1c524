"""Answers that are not to be kept by whoever passes them on."""

from __future__ import annotations

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.model import Operation
from compliance.contract.subjects import login
from compliance.target.reach import Target


@rule(
    "SEC-008",
    "A response with a token is not to be stored",
    level=Level.SHOULD,
    subjects=login,
    phase=Phase.READ,
)
def tokens_are_not_to_be_stored(target: Target, _: Operation) -> None:
    """
    Why: what a browser or a proxy keeps on disk, the next user of the machine finds.

    Breaks: `return TokenResponse(access_token=token)` without a word about storing

    Conforms: `response.headers["Cache-Control"] = "no-store"`
    """
    entries = [actor.entry for actor in target.actors.values() if actor.entry is not None]
    if not entries:
        raise Untested("no answer of a login held a token")
    for entry in entries:
        said = ", ".join(value for name, value in entry.headers if name.lower() == "cache-control")
        if "no-store" not in {directive.strip().lower() for directive in said.split(",")}:
            observed = f"Cache-Control: {said}" if said else "no Cache-Control"
            raise Violation("a token may be stored", "Cache-Control: no-store", observed, [entry])
