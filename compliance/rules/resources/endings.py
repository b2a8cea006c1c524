"""Deletes: one that has its effect, and one more."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Resource
from compliance.contract.subjects import deletable_resources
from compliance.target.births import answered
from compliance.target.confirmation import shows
from compliance.target.denials import may_deny
from compliance.target.ending import Ending, ending
from compliance.target.listing import whole
from compliance.target.reach import Target


@rule(
    "RES-003",
    "A deleted object is gone",
    level=Level.MUST,
    subjects=deletable_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def deleted_is_gone(target: Target, resource: Resource) -> None:
    """
    Why: whoever deletes wants nobody to read it any more.

    Breaks: a delete that answers 204 and forgets to await the repository

    Conforms: `await session.delete(row)`, or a filter on `deleted_at` in every query
    """
    end = ending(target, resource)
    if not end.gone and end.deletion.status == 202:
        raise Untested("the deletion was accepted and may come later")
    if not end.gone:
        raise Violation(
            "a deleted object can be read", "404 or 410", str(end.look.status), [end.deletion, end.look]
        )
    end.must_be_gone()
    _must_have_left_the_list(target, resource, end)


@rule(
    "RES-010",
    "A delete answers 204 without a body",
    level=Level.SHOULD,
    subjects=deletable_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def delete_answers_no_content(target: Target, resource: Resource) -> None:
    """
    Why: the answer to a delete has nothing left to tell, and 204 says so to every client and cache.

    Breaks: `return {"message": "deleted"}`

    Conforms: `@router.delete("/{product_id}", status_code=status.HTTP_204_NO_CONTENT)`
    """
    end = ending(target, resource)
    end.must_be_gone()
    if end.deletion.status != 204:
        raise Violation("a delete does not answer 204", "204", str(end.deletion.status), [end.deletion])


@rule(
    "RES-011",
    "A second delete finds nothing",
    level=Level.SHOULD,
    subjects=deletable_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def second_delete_finds_nothing(target: Target, resource: Resource) -> None:
    """
    Why: a client that was not sure of its first delete asks again, and must be able to believe the answer.

    Breaks: `await session.delete(await session.get(Product, product_id))`, which fails over None

    Conforms: `if product is None: raise NotFoundException(...)`, or 204 whenever the row is not there
    """
    end = ending(target, resource)
    end.must_be_gone()
    if end.second is None or end.last is None:
        raise NotApplicable("nothing was deleted a second time")
    proof = [end.deletion, end.look, end.second]
    if _is_back(target, end):
        raise Violation(
            "a second delete brings the object back", "404 or 410", str(end.last.status), [*proof, end.last]
        )
    if end.second.forbidden:
        raise Untested(f"{end.second}: whoever is left may not delete it")
    if end.second.status not in (204, 404, 410) and not may_deny(end.second):
        raise Violation(
            "a second delete is not answered as one", "404, 410 or 204", str(end.second.status), proof
        )


def _must_have_left_the_list(target: Target, resource: Resource, end: Ending) -> None:
    """Raises Violation where the list still shows what can no longer be read."""
    if resource.listing is None or "list" in target.confirmed(resource).doubts or _is_back(target, end):
        return
    listing = resource.listing
    viewer = target.alice if end.created.row.account else end.created.owner

    def is_left() -> bool:
        try:
            items, _ = whole(target, listing, viewer)
        except Untested:
            return False
        return any(shows(target, item, end.created) for item in items)

    if target.patience.until(lambda left: not left, is_left):
        proof = [end.deletion, end.look, target.tape.exchanges[-1]]
        raise Violation("a deleted object is listed", "a list without it", "it is still in there", proof)


def _is_back(target: Target, end: Ending) -> bool:
    """Whether the second delete made the object readable again."""
    return end.last is not None and end.last.ok and shows(target, answered(end.last), end.created)
