"""Twins: conformant services built quite unlike the reference. A rule that complains of one is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compliance.catalogue import Catalogue
from compliance.result import Run
from compliance.run import judge
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.twins import limit_offset

#: What makes a fresh one, by name.
TWINS: dict[str, Callable[[], Any]] = {"limit_offset": limit_offset.create_app}


def judge_twin(name: str, catalogue: Catalogue) -> Run:
    """Serve a fresh twin and judge it, by its own document, with all that it can grant."""
    with serve(TWINS[name](), name) as base_url:
        return judge(catalogue, fetch_document(base_url), base_url, Grants(writes=True, destructive=True))


def undecided(run: Run) -> set[str]:
    """The rules that have subjects and passed on none of them although their needs were met."""
    by_rule: dict[str, list[str]] = {}
    for result in run.results:
        if not any(need in run.absent for need in result.rule.needs):
            by_rule.setdefault(result.rule.id, []).append(str(result.outcome))
    return {
        name for name, found in by_rule.items() if "pass" not in found and set(found) != {"not-applicable"}
    }
