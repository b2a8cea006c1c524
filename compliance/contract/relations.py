"""What a name speaks of: the resource above a path parameter, the rows that a field names, the caller's own account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.contract.paths import (
    canonical,
    is_parameter,
    last_name,
    normal,
    segments,
    singular,
    vocabulary,
    words,
)

if TYPE_CHECKING:
    from compliance.contract.model import Contract, Resource

#: Last words by which a name says that it holds the key of something else.
_KEYS = vocabulary("id ids uid uids uuid uuids guid guids pk slug slugs key keys")
#: Nouns that mean whoever has an account, where the document has no resource of that name.
ACCOUNT = vocabulary("user account owner author creator member customer profile person me userprofile")
#: Those among them that hardly mean anything else, even where rows of that name are listed.
_PLAINLY = vocabulary("user account member me")
#: Fields by which services name accounts in paths, beside ids.
_NAMES = vocabulary("username userid useremail email login handle nickname screenname accountid")
#: Words of a reference to rows of the same kind, which no first row can have.
_UPWARDS = vocabulary("parent ancestor previous next reply replyto root")


@dataclass(frozen=True)
class Place:
    """One parameter of a path: its name, the canonical path that ends with it, and the noun before it."""

    name: str
    above: str
    noun: str


def places(path: str) -> list[Place]:
    """The parameters of a path from left to right; a segment that holds more than a parameter counts as one."""
    parts, found = segments(path), []
    for number, part in enumerate(parts):
        if is_parameter(part):
            before = [one for one in parts[:number] if not is_parameter(one)]
            noun = singular(normal(before[-1])) if before else ""
            name = part[part.index("{") + 1 : part.index("}")] if "}" in part else part
            found.append(Place(name, canonical("/".join(parts[: number + 1])), noun))
    return found


def at_place(contract: Contract, place: Place) -> Resource | None:
    """The resource whose item lies at that place of a path, or whose collection ends just before it."""
    items = [r for r in contract.resources if r.item and canonical(r.item) == place.above]
    collections = [r for r in contract.resources if f"{canonical(r.collection)}/{{}}" == place.above]
    return next(iter([*items, *collections]), None)


def referred(contract: Contract, name: str, own: Resource | None = None) -> Resource | None:
    """The resource whose rows a name such as `category_id` speaks of; a whole name wins over its last word.

    own: the resource that the name is a field of; it is not referred to where the name only points upwards.
    """
    noun, key = split(name)
    if not noun or (own is not None and set(noun) & _UPWARDS):
        return None
    for wanted in ("".join(noun), noun[-1]) if key else ("".join(noun),):
        fitting = [r for r in contract.resources if singular(normal(last_name(r.collection))) == wanted]
        # The easiest to have a row of: what can be created, what lies under nothing, what can be listed.
        fitting.sort(key=lambda r: (r.create is None, "{" in r.collection, r.listing is None))
        if fitting:
            return fitting[0]
    return None


def is_account(contract: Contract, name: str) -> bool:
    """Whether a name such as `author_id` or `username` speaks of an account."""
    noun, _ = split(name)
    known = referred(contract, name)
    if known is not None and contract.accounts is not None:
        return known is contract.accounts
    if known is not None:  # where nobody can register, no resource is known to hold the accounts
        return "".join(noun) in _PLAINLY
    return normal(name) in _NAMES or "".join(noun) in ACCOUNT or normal(name) == "createdby"


def split(name: str) -> tuple[tuple[str, ...], str]:
    """The noun of a name and the kind of key at its end: `category_ids` is (category), id; `category` has no kind."""
    parts = words(name)
    key = singular(parts[-1]) if parts and parts[-1] in _KEYS else ""
    noun = parts[:-1] if key else parts
    if not key and parts and parts[-1].endswith("id") and len(parts[-1]) > 4:
        noun, key = (*parts[:-1], parts[-1][:-2]), "id"  # categoryid
    return tuple(singular(word) for word in noun), key
