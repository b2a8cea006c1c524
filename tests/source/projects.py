"""Small projects, written into a folder and read as a source tree."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from compliance.catalogue import NotApplicable, Rule, Untested, Violation
from compliance.source import Source, read_source

Text = Mapping[str, str]


def project(
    folder: Path, files: Text, package: str = "", layers: Mapping[str, Sequence[str]] | None = None
) -> Source:
    """The source tree of these files: path -> text, whose common indentation does not count."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text), encoding="utf-8")
    return read_source(folder, package, layers)


def verdict(rule: Rule, source: Source, subject: object = None) -> str:
    """What the rule makes of it: `pass`, `violation`, or the reason of an Untested or a NotApplicable."""
    try:
        rule(source, subject or source)
    except Violation:
        return "violation"
    except (Untested, NotApplicable) as reason:
        return str(reason)
    return "pass"


def places(rule: Rule, source: Source, subject: object = None) -> list[str]:
    """Where the rule finds a violation, as `file:line`; empty where it passes."""
    try:
        rule(source, subject or source)
    except Violation as violation:
        return [str(place) for place in violation.proof]
    return []


def found(rule: Rule, source: Source) -> Violation:
    """The violation that the rule raises for the whole of it."""
    with pytest.raises(Violation) as caught:
        rule(source, source)
    return caught.value
