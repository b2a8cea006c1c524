"""How well documents are understood, against labels made by hand.

`labels.json` in the corpus: document -> login, registration and me (the label of an operation, several where more than one is
right, or null), lists (label -> style), resources (collection -> create, list, read, delete, update).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compliance.contract import Contract, understand
from compliance.contract.paths import canonical

ROLES = ("login", "registration", "me")


@dataclass
class Figures:
    """What was found and is right, what is not, and what was missed."""

    right: set[Any] = field(default_factory=set)
    wrong: set[Any] = field(default_factory=set)
    missed: set[Any] = field(default_factory=set)

    def count(self, found: set[Any], wanted: set[Any]) -> None:
        self.right |= found & wanted
        self.wrong |= found - wanted
        self.missed |= wanted - found

    @property
    def precision(self) -> float:
        return len(self.right) / max(1, len(self.right) + len(self.wrong))

    @property
    def recall(self) -> float:
        return len(self.right) / max(1, len(self.right) + len(self.missed))

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f}"


def table(corpus: Path | None) -> Iterator[str]:
    """The accuracy on all labelled documents, and each mistake."""
    yield ""
    if corpus is None:
        yield "accuracy is not measured: no corpus with labels lies beside the project (shared/corpus) or at $BENCHMARK_CORPUS"
        return
    figures = measured(corpus)
    count = len(figures["login"].right | figures["login"].wrong)
    yield f"{count} documents with labels in {corpus}"
    for name, one in figures.items():
        told = f"{len(one.right)} of {count}" if name in ROLES else str(one)
        yield f"  {name:<14}{told}"
        yield from (f"    not right: {' '.join(map(str, mistake))}" for mistake in sorted(one.wrong, key=str))
        if name != "style":
            yield from (
                f"    missed: {' '.join(map(str, mistake))}" for mistake in sorted(one.missed, key=str)
            )


def measured(corpus: Path) -> dict[str, Figures]:
    """The figures of login, registration, me, lists, style (of the paging of right lists) and roles (in resources)."""
    labels = json.loads((corpus / "labels.json").read_text(encoding="utf-8"))
    figures = {name: Figures() for name in (*ROLES, "lists", "style", "roles")}
    for name, label in labels.items():
        _compare(name, label, understand(_read(corpus / name)), figures)
    return figures


def _compare(name: str, label: Mapping[str, Any], contract: Contract, figures: Mapping[str, Figures]) -> None:
    for role in ROLES:
        holder = getattr(contract, role)
        operation = getattr(holder, "operation", holder)
        found = operation.label if operation else None
        wanted = label[role] if isinstance(label[role], list) else [label[role]]
        right = found in (wanted or [None])
        figures[role].count({(name, found)}, {(name, found)} if right else set())
    lists = label.get("lists") or {}
    ignored = set(label.get("maybe", ()))
    if label.get("lists") is not None:
        found_lists = {(name, one.label) for one in contract.lists if one.label not in ignored}
        figures["lists"].count(found_lists, {(name, one) for one in lists if one not in ignored})
        styles = {(name, one.label, one.style) for one in contract.lists if one.label in lists}
        figures["style"].count(styles, {(name, one, style) for one, style in lists.items()})
    figures["roles"].count(set(_found(name, label, contract)), set(_wanted(name, label)))


def _found(name: str, label: Mapping[str, Any], contract: Contract) -> Iterator[tuple[str, str, str, str]]:
    """Every role of an operation in a resource that has a label."""
    labelled = {canonical(collection) for collection in label.get("resources") or {}}
    for one in contract.resources:
        listing = one.listing.operation if one.listing else None
        roles = [("create", one.create), ("list", listing), ("read", one.read), ("delete", one.delete)]
        for role, operation in [*roles, *(("update", update) for update in one.updates)]:
            if operation and canonical(one.collection) in labelled:
                yield name, canonical(one.collection), role, operation.label


def _wanted(name: str, label: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for collection, roles in (label.get("resources") or {}).items():
        for role in ("create", "list", "read", "delete", "update"):
            stated = roles.get(role)
            for operation in stated if isinstance(stated, list) else [stated]:
                if operation:
                    yield name, canonical(collection), role, operation


def _read(path: Path) -> dict[str, Any]:
    import yaml

    text = path.read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    return found
