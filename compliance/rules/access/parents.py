"""Paths with two identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Resource
from compliance.contract.relations import at_place, places
from compliance.contract.subjects import created_resources
from compliance.target.actors import Actor
from compliance.target.addressing import below_own
from compliance.target.confirmation import shows
from compliance.target.denials import is_denied
from compliance.target.listing import whole
from compliance.target.reach import Created, Target
from compliance.target.strangers import is_shown_the_same
from compliance.target.tape import Exchange


def nested_resources(contract: Contract) -> Iterable[Resource]:
    """Resources whose rows lie below other rows, and can be created and read there."""
    return [resource for resource in created_resources(contract) if len(places(resource.item or "")) > 1]


@rule(
    "ACC-006",
    "A child object is reached only through its own parent",
    level=Level.MUST,
    subjects=nested_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def children_are_reached_through_their_parents(target: Target, resource: Resource) -> None:
    """
    Why: the check of the parent is worth nothing where the child is then loaded by its number alone.

    Breaks: `board = await own_board(board_id, actor)`, and then `return await cards.get_by_id(card_id)`

    Conforms: `select(Card).where(Card.id == card_id, Card.board_id == board.id)`
    """
    if resource.read is None:
        raise NotApplicable("nothing can be read")
    confirmed = target.confirmed(resource)
    confirmed.must("create", "read")
    created, genuine = confirmed.created, confirmed.look
    if genuine is None:
        raise NotApplicable("nothing can be read")
    own = target.sample(resource, target.bob)
    control = target.call_on(own, resource.read)
    if not control.ok:
        raise Untested(f"{control}: the intruder cannot read below rows of his own either")
    tried = 0
    for actor, values in _wrong_ways(target, resource, created):
        tried += 1
        answer = target.call(resource.read, actor, values)
        if not answer.ok or is_denied(answer, genuine):
            _must_be_a_refusal(answer)
        elif is_shown_the_same(target, created, answer, genuine) and not _lies_there(
            target, resource, created, actor
        ):
            whose = "another user's parent" if actor is target.bob else "another parent"
            raise Violation(
                "a child is reached through a parent that is not its own",
                "404",
                f"{answer.status} with the child, below {whose}",
                [genuine, answer],
            )
    if not tried:
        raise Untested("no second parent is to be had")


def _wrong_ways(
    target: Target, resource: Resource, created: Created
) -> Iterator[tuple[Actor, Mapping[str, Any]]]:
    """Who asks for the row below what: bob below rows of his, its owner below another row of hers."""
    if resource.read is None:
        return
    foreign = below_own(target, resource.read, target.bob, created.row)
    if foreign is not None:
        yield target.bob, foreign
    place = places(resource.read.path)[-2]
    parent = at_place(target.contract, place)
    if parent is None or parent is target.contract.accounts or parent.create is None:
        return
    other = target.create(parent, created.owner)
    genuine = target.path_values(resource.read, created.owner, created)
    if str(other.identifier) != str(genuine[place.name]):
        yield created.owner, {**genuine, place.name: other.identifier}


def _lies_there(target: Target, resource: Resource, created: Created, actor: Actor) -> bool:
    """Whether the list below bob's parent shows the row as well: it may lie in several."""
    if resource.listing is None or actor is not target.bob:
        return False
    own = target.sample(resource, target.bob)
    items, _ = whole(target, resource.listing, target.bob, own.row)
    return any(shows(target, item, created) for item in items)


def _must_be_a_refusal(answer: Exchange) -> None:
    """Raises Untested where an answer is neither the child nor a refusal of it."""
    if answer.busy or answer.status >= 500 or 300 <= answer.status < 400:
        raise Untested(f"{answer}: neither the child nor a refusal")
