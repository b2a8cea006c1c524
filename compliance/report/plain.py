"""Texts that services sent, made fit for documents that others read: nothing in them is obeyed, none of them is endless."""

from __future__ import annotations

from compliance.report.typeset import escape


def line(text: str, limit: int = 2_000) -> str:
    """In one line: white space run together, control characters as escapes, the rest cut."""
    return cut(escape(" ".join(text.split())), limit)


def block(text: str, limit: int = 20_000) -> str:
    """The same with its lines and tabs kept."""
    lines = ("\t".join(map(escape, each.split("\t"))) for each in text.replace("\r\n", "\n").split("\n"))
    return cut("\n".join(lines), limit)


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def counted(number: int, noun: str) -> str:
    """`1 clause`, `2 clauses`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def named(names: list[str], shown: int) -> str:
    """The first few, and how many more there are."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
