"""How well documents of real services are understood, held against labels made by hand. Floors are what was measured."""

import json
from functools import cache
from typing import NamedTuple

from compliance.contract import understand
from compliance.contract.paths import canonical
from tests.contract.documents import CORPUS, corpus, needs_corpus

pytestmark = needs_corpus


class Figures(NamedTuple):
    right: int
    too_many: list[str]
    missing: list[str]

    @property
    def precision(self):
        return self.right / (self.right + len(self.too_many))

    @property
    def recall(self):
        return self.right / (self.right + len(self.missing))

    def __str__(self):
        return f"precision {self.precision:.3f}, recall {self.recall:.3f}; too many: {self.too_many}; missing: {self.missing}"


@cache
def labels():
    return json.loads((CORPUS / "labels.json").read_text(encoding="utf-8"))


@cache
def contract(name):
    return understand(corpus(name))


def compare(found, wanted):
    return Figures(len(found & wanted), sorted(map(str, found - wanted)), sorted(map(str, wanted - found)))


def mistaken(role):
    """The documents in which the role was given to another operation than the label says."""
    wrong = []
    for name, label in labels().items():
        wanted = label[role] if isinstance(label[role], list) else [label[role]]
        holder = getattr(contract(name), role)
        operation = getattr(holder, "operation", holder)
        if (operation.label if operation else None) not in (wanted or [None]):
            wrong.append(f"{name}: {operation.label if operation else None}, not {wanted}")
    return wrong


def test_login_is_right_in_14_of_14():
    assert mistaken("login") == []


def test_registration_is_right_in_14_of_14():
    assert mistaken("registration") == []


def test_me_is_right_in_14_of_14():
    assert mistaken("me") == []


def test_lists_have_precision_and_recall_of_one():
    found = {(name, one.label) for name in labels() for one in contract(name).lists}
    wanted = {(name, one) for name, label in labels().items() for one in label["lists"]}
    figures = compare(found, wanted)
    assert figures.precision == figures.recall == 1, str(figures)


def test_the_style_of_paging_is_right_in_all_73_lists():
    found = {(name, one.label, one.style) for name in labels() for one in contract(name).lists}
    wanted = {(name, one, style) for name, label in labels().items() for one, style in label["lists"].items()}
    figures = compare(found, wanted)
    assert figures.right >= 73, str(figures)
    assert not figures.too_many, str(figures)


def roles_of(name):
    """Every role of an operation in a resource that has a label."""
    labelled = {canonical(collection) for collection in labels()[name]["resources"]}
    for resource in contract(name).resources:
        collection = canonical(resource.collection)
        listing = resource.listing.operation if resource.listing else None
        roles = [
            ("create", resource.create),
            ("list", listing),
            ("read", resource.read),
            ("delete", resource.delete),
        ]
        for role, operation in [*roles, *(("update", update) for update in resource.updates)]:
            if operation and collection in labelled:
                yield name, collection, role, operation.label


def labelled_roles_of(name):
    for collection, label in labels()[name]["resources"].items():
        for role in ("create", "list", "read", "delete", "update"):
            operations = label[role] if isinstance(label[role], list) else [label[role]]
            yield from ((name, canonical(collection), role, one) for one in operations if one)


def test_roles_have_precision_and_recall_of_nearly_one():
    found = {role for name in labels() for role in roles_of(name)}
    wanted = {role for name in labels() for role in labelled_roles_of(name)}
    figures = compare(found, wanted)
    assert figures.precision >= 0.987, str(figures)
    assert figures.recall >= 0.991, str(figures)
