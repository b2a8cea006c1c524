"""What a numbered page says of the page behind it."""

from __future__ import annotations

from itertools import pairwise

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.subjects import paged_lists
from compliance.target.listing import Page
from compliance.target.onward import Sign, signs
from compliance.target.reach import Target
from compliance.target.walking import Sweep


@rule(
    "PAG-018",
    "A page says truly whether and where the next one follows",
    level=Level.SHOULD,
    subjects=paged_lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def pages_lead_on(target: Target, listing: ListOperation) -> None:
    """
    Why: a client that goes on as long as it is told to loses items where it is told too little, and never ends where too much.

    Breaks: `has_next=page < total // page_size`, or a next link that forgets the size of the page

    Conforms: `has_next=page * page_size < total`, and no next link on the last page
    """
    if listing.style == "cursor":
        raise NotApplicable("nothing but what it says leads to its next page, which PAG-004 follows")
    walk = target.walk(listing)
    pages = [page for sweep in (walk.first, walk.second) for page in sweep.pages]
    if not any(signs(page.exchange) for page in pages):
        raise NotApplicable("the list says nothing of its next page")
    walk.must_have_rested()
    walk.must_hold_each_once()
    complaints = [_complaint(listing, sweep) for sweep in (walk.first, walk.second)]
    if all(complaints) and complaints[1]:
        raise complaints[1]
    if any(complaints):
        raise Untested(
            "one of two walks found another page than was said, which may have been somebody else's doing"
        )
    walk.must_have_pages()


def _complaint(listing: ListOperation, sweep: Sweep) -> Violation | None:
    """The first sign of a walk that is not true. A last page that is full may promise one more, which is empty."""
    for page, behind in pairwise(sweep.pages):
        for sign in signs(page.exchange):
            if not sign.follows:
                expected, observed = (
                    "a sign that one follows",
                    f"{sign.words}, and {len(behind.items)} items behind it",
                )
                return Violation(
                    "a page denies the next one", expected, observed, [behind.exchange, page.exchange]
                )
            asked = _asked(listing, sign, behind)
            if any(sign.query.get(name) != value for name, value in asked.items()):
                expected, observed = (
                    " and ".join(f"{n}={q.get(n)}" for n in asked) for q in (asked, sign.query)
                )
                return Violation(
                    "a page leads elsewhere than to the next one", expected, observed, [page.exchange]
                )
    end = sweep.end
    if end is None or sweep.repeats or not end.exchange.ok:
        return None
    promised = next((sign for sign in signs(end.exchange) if sign.follows), None)
    if promised is None:
        return None
    observed = f"{promised.words} on a page without items"
    return Violation("the pages never end", "an end of the list", observed, [end.exchange])


def _asked(listing: ListOperation, sign: Sign, behind: Page) -> dict[str, str]:
    """What a link has to ask for to lead to that page; nothing where it is none, or has another way to say it.

    Where pages are numbered another size is another page; an offset leads to its item whatever the size.
    """
    where = listing.page if listing.style == "page" else listing.offset
    if not where or where not in sign.query or behind.place is None:
        return {}
    asked = {where: str(behind.place)}
    if listing.style == "page" and listing.size and behind.size is not None:
        asked[listing.size] = str(behind.size)
    return asked
