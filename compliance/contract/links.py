"""Operations that lie elsewhere but belong to a resource, because the document gives them the same schema."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from compliance.contract.paths import below, canonical, common_prefix, last_name, normal, segments, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from compliance.contract.model import ListOperation, Login, Operation, Registration
    from compliance.contract.resolve import Resolver
    from compliance.contract.resources import Draft

Thing = TypeVar("Thing")

#: So many lists or creates that answer one schema are no longer told apart by it.
MANY = 100

_ACCOUNTS = vocabulary("user users account accounts customers members usuarios")
_ENVELOPES = ("data", "result")


def link_schemas(
    drafts: Collection[Draft],
    operations: Sequence[Operation],
    lists: Sequence[ListOperation],
    login: Login | None,
    resolver: Resolver,
) -> None:
    """Give a resource without a list or a create the left-over one that answers the same schema."""
    used = {id(operation) for draft in drafts for operation in draft.operations}
    if login:
        used.add(id(login.operation))
    listing = _by_name(lists, lambda one: item_name(one, resolver))
    creating = _by_name([o for o in operations if _may_create(o)], lambda one: answered(one, resolver))
    for draft in drafts:
        known = (answered(o, resolver) for o in (draft.read, draft.create, *draft.updates) if o)
        name = next((name for name in known if name), None)
        if name is None:
            continue
        if draft.listing is None:
            left = [one for one in listing[name] if id(one.operation) not in used]
            draft.listing = _list_of(name, draft, left)
            used |= {id(draft.listing.operation)} if draft.listing else set()
        if draft.create is None and (draft.read or draft.updates):
            draft.create = _create_of(name, draft, [o for o in creating[name] if id(o) not in used])
            used |= {id(draft.create)} if draft.create else set()


def _by_name(things: Iterable[Thing], name_of: Callable[[Thing], str | None]) -> dict[str, list[Thing]]:
    """Things by the name of their schema, so that nobody looks through all of them for each resource.

    What all too many share (`ApiResponse`) names none of them.
    """
    found: dict[str, list[Thing]] = defaultdict(list)
    for thing in things:
        if name := name_of(thing):
            found[name].append(thing)
    rare = {name: things for name, things in found.items() if len(things) <= MANY}
    return defaultdict(list, rare)


def _may_create(operation: Operation) -> bool:
    return operation.method == "POST" and operation.body is not None and operation.body.name is not None


def link_registration(drafts: Iterable[Draft], registration: Registration | None) -> None:
    """Accounts that have no create are created by the registration."""
    for draft in drafts:
        accounts = normal(last_name(draft.collection)) in _ACCOUNTS
        if registration and accounts and draft.create is None and draft.read:
            draft.create = registration.operation
            draft.reasons.append(f"{registration.operation.label} creates it: it is the registration")


def answered(operation: Operation, resolver: Resolver) -> str | None:
    """What the document calls the object that an operation answers, taken out of its envelope."""
    answer = operation.success
    if answer is None:
        return None
    properties = resolver.properties(answer.schema)
    if len(properties) == 1:
        name = resolver.name_of(next(iter(properties.values())))
        if name:
            return name
    for envelope in _ENVELOPES:
        if (
            envelope in properties
            and len(properties) <= 5
            and (name := resolver.name_of(properties[envelope]))
        ):
            return name
    return answer.name


def item_name(listing: ListOperation, resolver: Resolver) -> str | None:
    """What the document calls the items of a list."""
    answer = listing.operation.success
    if answer is None or listing.items is None:
        return None
    items = resolver.items(resolver.at(answer.schema, listing.items))
    title = resolver.resolve(items).get("title")
    return resolver.name_of(items) or (title if isinstance(title, str) else None)


def _list_of(name: str, draft: Draft, lists: Iterable[ListOperation]) -> ListOperation | None:
    """The list nearest to the collection; what lies below one of its items lists something of that item."""
    enough = max(1, len(segments(draft.collection)) - 1)
    found = [
        (shared, -len(segments(listing.operation.path)), listing)
        for listing in lists
        if (shared := common_prefix(listing.operation.path, draft.collection)) >= enough
        and not canonical(listing.operation.path).startswith(f"{below(draft.collection)}/")
    ]
    if not found:
        return None
    best = max(found, key=lambda one: one[:2])[2]
    draft.reasons.append(f"{best.label} lists it: its items are {name}, too")
    return best


def _create_of(name: str, draft: Draft, operations: Iterable[Operation]) -> Operation | None:
    found = [
        (bool(operation.body and operation.body.name == name), -len(segments(operation.path)), operation)
        for operation in operations
        if common_prefix(operation.path, draft.collection) >= len(segments(draft.collection))
        and not _on_an_item(operation, draft.collection)
    ]
    if not found:
        return None
    best = max(found, key=lambda one: one[:2])[2]
    draft.reasons.append(f"{best.label} creates it: it answers {name}, too")
    return best


def _on_an_item(operation: Operation, collection: str) -> bool:
    return "{}" in canonical(operation.path).removeprefix(collection)
