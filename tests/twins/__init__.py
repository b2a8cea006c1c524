"""Twins: conformant services built quite unlike the reference. A rule that complains of one is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compliance.catalogue import DEPTHS, Catalogue
from compliance.inside import Watch
from compliance.result import Run
from compliance.run import judge
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.serial import Serial
from tests.twins import cursor_slug, limit_offset

#: What no rule decides on a twin, by its name: words of the reason, and the examinations that end with it.
UNTESTED: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_name("untested.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Twin:
    """What makes a fresh one, and what a person would tell the kit of it."""

    create_app: Callable[[], Any]
    #: the path of its document, None where the kit finds that by itself
    openapi: str | None = None
    signing_key: str = ""


TWINS = {
    "limit_offset": Twin(limit_offset.create_app),
    "cursor_slug": Twin(cursor_slug.create_app, cursor_slug.DOCUMENT, cursor_slug.SIGNING_KEY),
}


def judge_twin(name: str, catalogue: Catalogue) -> Run:
    """Serve a fresh twin and judge it, by its own document, with all that it can grant."""
    twin = TWINS[name]
    grants = Grants(writes=True, destructive=True, signing_key=twin.signing_key)
    watch = Watch(Serial(twin.create_app()), twin.create_app.__module__)
    with watch.installed(), serve(watch.app, name) as base_url:
        document = fetch_document(base_url, base_url + twin.openapi if twin.openapi else None)
        return judge(catalogue, document, base_url, grants, watch=watch)


def undecided(run: Run) -> set[str]:
    """The rules that have subjects and passed on none of them although their needs were met."""
    by_rule: dict[str, list[str]] = {}
    for result in run.results:
        if not any(need in run.absent for need in result.rule.needs):
            by_rule.setdefault(result.rule.id, []).append(str(result.outcome))
    return {
        name for name, found in by_rule.items() if "pass" not in found and set(found) != {"not-applicable"}
    }


def untested(run: Run, reasons: Iterable[str]) -> dict[str, str]:
    """Every examination that came to nothing, with the words among `reasons` that its own reason holds, else all of it.

    Of the depths at which the run looked.
    """
    return {
        f"{result.rule.id}[{result.subject}]": next(
            (words for words in reasons if words in result.reason), result.reason
        )
        for result in run.results
        if result.outcome == "untested" and DEPTHS[result.rule.depth] not in run.absent
    }
