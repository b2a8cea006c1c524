"""Operations that lie elsewhere but belong to a resource, because the document gives them the same schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.contract.paths import canonical, common_prefix, last_name, normal, segments, vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from compliance.contract.model import ListOperation, Login, Operation, Registration
    from compliance.contract.resolve import Resolver
    from compliance.contract.resources import Draft

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
    for draft in drafts:
        name = next(
            (n for o in (draft.read, draft.create, *draft.updates) if o and (n := answered(o, resolver))),
            None,
        )
        if name is None:
            continue
        if draft.listing is None:
            draft.listing = _list_of(
                name, draft, [one for one in lists if id(one.operation) not in used], resolver
            )
            used |= {id(draft.listing.operation)} if draft.listing else set()
        if draft.create is None and (draft.read or draft.updates):
            draft.create = _create_of(name, draft, [o for o in operations if id(o) not in used], resolver)
            used |= {id(draft.create)} if draft.create else set()


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


def _list_of(
    name: str, draft: Draft, lists: Iterable[ListOperation], resolver: Resolver
) -> ListOperation | None:
    enough = max(1, len(segments(draft.collection)) - 1)
    found = [
        (shared, -len(segments(listing.operation.path)), listing)
        for listing in lists
        if (shared := common_prefix(listing.operation.path, draft.collection)) >= enough
        and item_name(listing, resolver) == name
    ]
    if not found:
        return None
    best = max(found, key=lambda one: one[:2])[2]
    draft.reasons.append(f"{best.label} lists it: its items are {name}, too")
    return best


def _create_of(
    name: str, draft: Draft, operations: Iterable[Operation], resolver: Resolver
) -> Operation | None:
    found = [
        (operation.body.name == name, -len(segments(operation.path)), operation)
        for operation in operations
        if operation.method == "POST"
        and operation.body
        and operation.body.name
        and answered(operation, resolver) == name
        and common_prefix(operation.path, draft.collection) >= len(segments(draft.collection))
        and not _on_an_item(operation, draft.collection)
    ]
    if not found:
        return None
    best = max(found, key=lambda one: one[:2])[2]
    draft.reasons.append(f"{best.label} creates it: it answers {name}, too")
    return best


def _on_an_item(operation: Operation, collection: str) -> bool:
    return "{}" in canonical(operation.path).removeprefix(collection)
