"""A clause for a terminal: what it says, why, how it is examined, how to waive it."""

from __future__ import annotations

from datetime import date
from typing import Any

from compliance.report.waiving import snippet


def explain(told: dict[str, Any], today: date) -> str:
    """told: what `telling.told` says of a clause."""
    parts = [
        f"{told['id']} ({told['level']}) {told['title']}\nOrigin: {told['origin']}",
        told["text"],
    ]
    if told["unruled"]:
        parts.append(f"No rule examines it yet: {told['unruled']}")
    for rule in told["rules"]:
        parts += _rule(rule)
    parts += [waiving(rule["id"], today) for rule in told["rules"][:1]]
    if told["page"]:
        parts.append(f"Page: {told['page']}")
    return "\n\n".join(parts) + "\n"


def waiving(rule: str, today: date) -> str:
    """The lines that waive a rule: of the source in some files, else on some operations."""
    of_source = rule.endswith("@source")
    lines = snippet(
        rule,
        operations=() if of_source else ["GET /api/v1/items"],
        files=["app/api/items.py"] if of_source else (),
        begins=today,
        reason="why it cannot be kept yet",
        owner="who mends it",
    )
    where = "files" if of_source else "operations"
    told = f"To waive it for a while, in compliance-waivers.toml; without {where} it is waived everywhere:"
    return f"{told}\n\n{_indented(lines)}"


def _rule(rule: dict[str, Any]) -> list[str]:
    needs = "\n           ".join(need["words"] for need in rule["needs"])
    return [
        f"Rule {rule['id']}, examined from {rule['depth']}",
        _indented(f"subjects {rule['subjects']}\nway      {rule['way']}\nneeds    {needs}"),
        *(
            _indented(f"{name.capitalize()}: {rule[name]}")
            for name in ("why", "breaks", "conforms")
            if rule[name]
        ),
    ]


def _indented(text: str) -> str:
    from textwrap import indent

    return indent(text, "  ")
