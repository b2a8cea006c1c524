"""What a stranger sees of somebody's row: at its own address, and in the list in which its owner finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.catalogue import NotApplicable, Untested
from compliance.contract.model import ListOperation, Resource
from compliance.contract.selecting import filters_of, search_of
from compliance.target.births import answered, own_fields, texts
from compliance.target.confirmation import absent_like, shows
from compliance.target.denials import is_client_error, is_denied, may_deny
from compliance.target.listing import fetch, identity, whole
from compliance.target.tape import Exchange

if TYPE_CHECKING:
    from compliance.target.reach import Created, Target

#: Words, and filters, by which a stranger asks a list for a row.
_CONDITIONS = 4


@dataclass(frozen=True, eq=False)
class Look:
    """Alice's row, and bob's answer at its address. `let_in`: it shows him the row; `refused`: it says no to him."""

    resource: Resource
    created: Created
    #: what it shows to her
    genuine: Exchange
    answer: Exchange
    let_in: bool
    refused: bool


def look(target: Target, resource: Resource) -> Look:
    """What bob is answered at the address of a row of alice's, which she reads. Raises Untested where she does not."""
    if resource.read is None:
        raise NotApplicable("nothing can be read")
    confirmed = target.confirmed(resource)
    confirmed.must("create", "read")
    if target.rows.belongs_to_nobody(resource):
        raise NotApplicable(
            "whoever comes creates without credentials, so that what is created belongs to nobody"
        )
    created = confirmed.created
    if created.owner is target.actors.get("admin"):
        raise NotApplicable("only the administrator creates, so that it is no user's own")
    return target.memory.once(("look", resource.collection), lambda: _look(target, resource, created))


def _look(target: Target, resource: Resource, created: Created) -> Look:
    if resource.read is None:
        raise NotApplicable("nothing can be read")
    genuine = target.call_on(created, resource.read)
    if not genuine.ok:
        raise Untested(f"{genuine}: the owner cannot read what it created")
    answer = target.call_on(created, resource.read, target.bob)
    denied = answer.ok and may_deny(answer) and is_denied(answer, genuine)
    let_in = answer.ok and not denied and is_shown_the_same(target, created, answer, genuine)
    return Look(resource, created, genuine, answer, let_in, denied or is_client_error(answer))


def is_shown_the_same(target: Target, created: Created, answer: Exchange, genuine: Exchange) -> bool:
    """Whether an answer shows of the row what its owner reads: a text that was sent, or all of it where none was."""
    told = answered(answer)
    if texts(created.sent, target.tag) & texts(answered(genuine), target.tag):
        return bool(texts(told, target.tag) & texts(created.sent, target.tag))
    return isinstance(told, Mapping) and told == answered(genuine)


def item_shown(target: Target, seen: Look, *, to_its_end: bool = False) -> Any:
    """The item by which the list shows bob the row, None where as much of it as he may read shows none.

    to_its_end: raises Untested where the list is too long for that.
    """
    items, complete = _listed(target, seen) or ([], True)
    item = next((item for item in items if shows(target, item, seen.created)), None)
    if item is None and to_its_end and not complete:
        raise Untested("the list is too long to be read to its end")
    return item


def selected(target: Target, seen: Look) -> tuple[Look, Any]:
    """A row and the item by which its list shows it to bob once he searches for it or filters by what it holds.

    The item is None where the list does not: the condition on the owner may have been lost beside another one.
    """
    listing = seen.resource.listing
    if listing is None:
        return seen, None
    search = search_of(target.contract, listing)
    if search is not None:
        # Any field may be searched, so that each that takes a text has one.
        with suppress(Untested):
            full = _look(target, seen.resource, target.selections.plant(seen.resource, {}, fill_all=True))
            seen = seen if full.let_in else full
    for where in _conditions(target, seen, listing, search):
        row = seen.created.row
        page = fetch(target, listing, strict=False, actor=target.bob, where=where, beside=row)
        item = next((item for item in page.items if shows(target, item, seen.created)), None)
        if item is not None:
            return seen, item
    return seen, None


def _conditions(
    target: Target, seen: Look, listing: ListOperation, search: str | None
) -> Iterator[Mapping[str, Any]]:
    """A few of the row's own words to search for, and of the filters by what it holds."""
    held = answered(seen.genuine)
    own = dict.fromkeys(word for _, word in target.selections.own_words(held))
    yield from ({search: word} for word in list(own)[:_CONDITIONS] if search)
    values = own_fields(held)
    filters = [one for one in filters_of(target.contract, listing) if values.get(one.field) is not None]
    yield from ({one.parameter: values[one.field]} for one in filters[:_CONDITIONS])


def _listed(target: Target, seen: Look) -> tuple[list[Any], bool] | None:
    """The list in which the row would lie, as bob gets it, and whether that is all; None where it is refused to him."""
    if seen.resource.listing is None:
        return None
    try:
        return whole(target, seen.resource.listing, target.bob, seen.created.row)
    except Untested:
        answer = target.tape.exchanges[-1]
        if answer.actor == target.bob.name and (answer.forbidden or answer.status == 404):
            return None
        raise


def is_hidden(target: Target, seen: Look) -> bool:
    """Whether the service leaves the row out of the list that bob gets, and not out of its owner's.

    Raises NotApplicable where the list shows it to him, or is the same for both, Untested where it is too long to tell.
    """
    listing, created = seen.resource.listing, seen.created
    if listing is None:
        raise NotApplicable("no list shows whether it is public")
    theirs, _ = whole(target, listing, created.owner, created.row)
    is_there = any(shows(target, item, created) for item in theirs)
    listed = _listed(target, seen)
    if listed is None and not listing.operation.path_parameters:
        raise NotApplicable("nobody but an administrator gets the list, so that it hides no one row")
    items, complete = listed or ([], True)
    if any(shows(target, item, created) for item in items):
        raise NotApplicable("everybody finds it in the list, so that it is public")
    mine = [identity(item) for item in items]
    if mine and mine == [identity(item) for item in theirs][: len(mine)]:
        raise NotApplicable("the list is the same for everybody")
    if not complete:
        raise Untested("the list is too long to be read to its end")
    return is_there


def absent(target: Target, seen: Look) -> Exchange:
    """Bob's answer for an id of the same kind that nobody has, at the same place."""
    if seen.resource.read is None:
        raise NotApplicable("nothing can be read")
    read, created = seen.resource.read, seen.created
    values = target.path_values(read, created.owner, created)
    parameter = read.path_parameters[-1]
    return target.call(read, target.bob, {**values, parameter: absent_like(values[parameter])})
