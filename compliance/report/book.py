"""The standard as one text: for people to read, and for coding assistants to follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.report.advice import section
from compliance.report.telling import rules_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from compliance.catalogue import Catalogue
    from compliance.standard import Chapter, Clause

_PREFACE = (
    "Keep these rules in whatever you write or change here. `compliance check` examines the same rules by the same ids; "
    "`compliance explain ID` says why one is there, and how it is examined."
)
_HEADINGS = {"MUST": "Always", "SHOULD": "Unless the code says why not"}


def standard(catalogue: Catalogue, families: Collection[str], levels: Collection[str]) -> str:
    """The chapters as they are written, below one title."""
    parts = ["# The standard"]
    for chapter, clauses in _chosen(catalogue, families, levels):
        parts += [f"## {chapter.title} ({chapter.family})", chapter.introduction]
        for clause in clauses:
            parts += [
                f"### {clause.id} ({clause.level}) {clause.title}",
                f"Origin: {clause.origin}",
                clause.text,
            ]
    return "\n\n".join(filter(None, parts)) + "\n"


def instructions(catalogue: Catalogue, families: Collection[str], levels: Collection[str]) -> str:
    """What to do and what not to, by chapter and by weight: a line a clause, with the code that shows it."""
    parts = [
        "# Rules for the code of this service",
        _PREFACE,
    ]
    for chapter, clauses in _chosen(catalogue, families, levels):
        parts.append(f"## {chapter.title}")
        for level, heading in _HEADINGS.items():
            mine = [_conduct(clause, catalogue) for clause in clauses if clause.level == level]
            if mine:
                parts += [f"{heading}:", "\n".join(mine)]
    return "\n\n".join(parts) + "\n"


def _chosen(
    catalogue: Catalogue, families: Collection[str], levels: Collection[str]
) -> Iterator[tuple[Chapter, list[Clause]]]:
    for chapter in catalogue.chapters:
        clauses = [clause for clause in chapter.clauses if clause.level in levels]
        if chapter.family in families and clauses:
            yield chapter, clauses


def _conduct(clause: Clause, catalogue: Catalogue) -> str:
    """`- A page holds at most 100 items (PAG-003).`, and below it what is right and what is wrong."""
    lines = [f"- {clause.title} ({clause.id})."]
    # How it is written is what a rule of the source shows best.
    rules = sorted(rules_of(clause, catalogue), key=lambda rule: rule.depth != "source")
    for rule in rules[:1]:
        for heading, words in (("Conforms", "Right"), ("Breaks", "Wrong")):
            example = " ".join(section(rule.documentation, heading))
            lines += [f"  - {words}: {example}"] if example else []
    return "\n".join(lines)
