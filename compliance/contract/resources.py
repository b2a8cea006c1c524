"""Which operations belong to the life of one resource: create, list, read, update, delete."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance.contract.identity import identifier_of, key_fields
from compliance.contract.links import link_registration, link_schemas
from compliance.contract.model import ListOperation, Login, Operation, Registration, Resource
from compliance.contract.paths import (
    above,
    below,
    canonical,
    ends_in_parameter,
    is_parameter,
    last_words,
    segments,
    vocabulary,
)
from compliance.contract.verbs import CREATE, DELETE, UPDATE, without_verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from compliance.contract.resolve import Resolver

#: Names of what is done with sessions and of what watches the service: never rows that come and go.
_NO_RESOURCE = vocabulary("login logout token refresh error actuator health")


@dataclass(frozen=True)
class Act:
    """An operation, and the verb that its path contains."""

    operation: Operation
    verb: str | None


@dataclass
class Draft:
    """A resource in the making; `collection` is its canonical path."""

    collection: str
    create: Operation | None = None
    listing: ListOperation | None = None
    read: Operation | None = None
    updates: list[Operation] = field(default_factory=list)
    delete: Operation | None = None
    #: what changes at the collection's own path, beside updates of the items at theirs
    at_collection: list[Operation] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def on_items(self) -> list[Operation]:
        """The operations on one item, those whose path shows the item best first."""
        return [
            o
            for o in (self.read, *self.updates, self.delete)
            if o and ends_in_parameter(without_verb(o.path)[0])
        ]

    @property
    def operations(self) -> list[Operation]:
        listing = self.listing.operation if self.listing else None
        return [o for o in (self.create, listing, self.read, *self.updates, self.delete) if o]


#: Canonical path without its verb -> method -> what is done there.
Acts = dict[str, dict[str, list[Act]]]
#: The lists by the identity of their operations.
Listed = dict[int, ListOperation]


def resources_of(
    operations: Sequence[Operation],
    lists: Sequence[ListOperation],
    login: Login | None,
    registration: Registration | None,
    resolver: Resolver,
) -> tuple[Resource, ...]:
    """Every collection that at least two operations speak of, in the document's order."""
    acts = _acts(operations)
    listed = {id(listing.operation): listing for listing in lists}
    drafts = {
        above(path): draft
        for path in acts
        if path.endswith("/{}") and (draft := _of_items(path, acts, listed))
    }
    for path in acts:
        _add_collection(path, acts, listed, login, drafts)
    link_schemas(drafts.values(), operations, lists, login, resolver)
    link_registration(drafts.values(), registration)
    kept = [draft for draft in drafts.values() if _is_alive(draft)]
    place = {id(operation): number for number, operation in enumerate(operations)}
    kept.sort(key=lambda draft: min(place[id(o)] for o in draft.operations))
    return tuple(_finished(draft, resolver) for draft in kept)


def _acts(operations: Iterable[Operation]) -> Acts:
    """Canonical path without its verb -> method -> operations."""
    found: Acts = defaultdict(lambda: defaultdict(list))
    for operation in operations:
        path, verb = without_verb(operation.path)
        found[path][operation.method].append(Act(operation, verb))
    return found


def _of_items(path: str, acts: Acts, listed: Listed) -> Draft | None:
    """What is done with one item, or None where the path is no item's."""
    here = acts[path]
    posts = here.get("POST", [])
    if not any(here.get(m) for m in ("GET", "PUT", "PATCH", "DELETE")) and not any(
        act.verb in UPDATE | DELETE for act in posts
    ):
        return None
    draft = Draft(above(path))
    draft.updates = _updates(here) + [act.operation for act in posts if act.verb in UPDATE]
    deletes = [*here.get("DELETE", []), *(act for act in posts if act.verb in DELETE)]
    draft.delete = deletes[0].operation if deletes else None
    draft.read = _read(here, listed)
    return draft


def _read(here: dict[str, list[Act]], listed: Listed) -> Operation | None:
    """The GET that names its item as the writing operations do, the shortest path first."""
    writing = [act.operation for method in ("PUT", "PATCH", "DELETE") for act in here.get(method, [])]
    named = {part for operation in writing for part in segments(operation.path) if is_parameter(part)}
    gets = [act.operation for act in here.get("GET", []) if id(act.operation) not in listed]
    gets.sort(key=lambda o: (bool(named) and segments(o.path)[-1] not in named, len(o.path)))
    return gets[0] if gets else None


def _updates(here: dict[str, list[Act]]) -> list[Operation]:
    acts = [*here.get("PUT", []), *here.get("PATCH", [])]
    return [act.operation for act in acts if act.verb is None or act.verb in UPDATE]


def _add_collection(
    path: str, acts: Acts, listed: Listed, login: Login | None, drafts: dict[str, Draft]
) -> None:
    """What is done with all of them; a path that ends in a parameter must have items below it."""
    has_items = path in drafts and below(path) in acts
    if path.endswith("/{}") and not has_items:
        return
    here = acts[path]
    listing = _listing_at(here, listed, has_items=has_items)
    posts = [a for a in here.get("POST", []) if not (login and a.operation is login.operation)]
    posts = sorted(
        (a for a in posts if a.verb is None or a.verb in CREATE), key=lambda act: act.verb is not None
    )
    if path not in drafts and not (listing and posts):
        return
    draft = drafts.setdefault(path, Draft(path))
    draft.listing = listing
    draft.create = posts[0].operation if posts else None
    if draft.updates:
        draft.at_collection = _updates(here)
    elif draft.read or draft.delete or draft.listing:
        draft.updates = _updates(here)
        if draft.updates:
            draft.reasons.append("is updated at the collection, the item named in the body")


def _listing_at(here: dict[str, list[Act]], listed: Listed, *, has_items: bool) -> ListOperation | None:
    acts = [act for act in here.get("GET", []) if id(act.operation) in listed]
    plain = [act for act in acts if not ends_in_parameter(act.operation.path)] or (acts if has_items else [])
    plain.sort(key=lambda act: (act.verb is not None, act.verb in ("recent", "my", "search")))
    return listed[id(plain[0].operation)] if plain else None


def _is_alive(draft: Draft) -> bool:
    parts = segments(draft.collection)
    named = not (parts and not is_parameter(parts[-1]) and last_words(draft.collection) & _NO_RESOURCE)
    return named and len(draft.operations) >= 2


def _finished(draft: Draft, resolver: Resolver) -> Resource:
    shown = draft.on_items[0] if draft.on_items else None
    parameter = shown.path_parameters[-1] if shown and shown.path_parameters else None
    collection = _written(draft)
    reasons = [f"{o.label} lies at {collection}" for o in draft.operations if _lies_at(o, draft.collection)]
    identifier = identifier_of(
        draft.create, [draft.read, *draft.updates], draft.listing, parameter, collection, resolver
    )
    by_body = [o for o in draft.at_collection if key_fields(o, parameter, identifier, resolver)]
    reasons += [f"{o.label} names in its body what it changes" for o in by_body]
    return Resource(
        collection=collection,
        item=shown.path if shown else None,
        parameter=parameter,
        identifier=identifier,
        create=draft.create,
        listing=draft.listing,
        read=draft.read,
        updates=(*draft.updates, *by_body),
        delete=draft.delete,
        parent=_parent(collection),
        reasons=(*reasons, *draft.reasons),
    )


def _written(draft: Draft) -> str:
    """The collection's path as the document writes it, without a closing slash."""
    count = len(segments(draft.collection))
    for operation in draft.operations:
        parts = segments(operation.path)[:count]
        if canonical("/".join(parts)) == draft.collection:
            return "/" + "/".join(parts)
    return draft.collection


def _parent(collection: str) -> str | None:
    """The collection above the last parameter of the path."""
    parts = segments(collection)
    place = next((place for place in range(len(parts) - 1, 0, -1) if is_parameter(parts[place])), None)
    return "/" + "/".join(parts[:place]) if place else None


def _lies_at(operation: Operation, collection: str) -> bool:
    path = without_verb(operation.path)[0]
    return path in (collection, below(collection))
