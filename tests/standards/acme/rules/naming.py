"""Naming (ACM)."""

from __future__ import annotations

import re

from compliance.catalogue import Level, Phase, Violation, rule
from compliance.contract.model import Operation
from compliance.contract.subjects import operations
from compliance.target.reach import Target


@rule(
    "ACM-001",
    "Paths are written in small letters",
    level=Level.SHOULD,
    subjects=operations,
    phase=Phase.HANDSHAKE,
)
def paths_are_small(_: Target, operation: Operation) -> None:
    """
    Why: a path is typed by hand more often than one thinks.

    Breaks: `APIRouter(prefix="/Products")`

    Conforms: `APIRouter(prefix="/products")`
    """
    fixed = re.sub(r"\{[^}]*\}", "", operation.path)
    if not re.fullmatch(r"[a-z0-9/.-]*", fixed):
        raise Violation("a path has other letters", "small letters, digits, hyphens", operation.path)
