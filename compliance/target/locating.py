"""Where the answer to a create says that the new object is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from compliance.catalogue import Need, Untested
from compliance.target.tape import Exchange
from compliance.target.wire import Request

if TYPE_CHECKING:
    from compliance.target.reach import Created, Target

#: Redirects that are followed from there: one may add a slash.
_HOPS = 2


def place_of(target: Target, answer: Exchange, location: str) -> str:
    """Path and query of what a header Location names. Raises Untested where that is on another host."""
    url = urljoin(answer.url, location)
    here, there = urlsplit(answer.url), urlsplit(url)
    if there.hostname != here.hostname:
        raise Untested(f"Location names the host {there.hostname}, to which the kit sends nothing")
    origin = f"{here.scheme}://{here.netloc}"
    return target.client.below(f"{origin}{there.path}{f'?{there.query}' if there.query else ''}")


def located(target: Target, created: Created, location: str) -> Exchange:
    """The owner's look at what a Location names; the administrator's where the owner may not."""
    place = place_of(target, created.exchange, location)
    look = _look(target, created, place)
    for _ in range(_HOPS):
        onward = look.header("location")
        if not (300 <= look.status < 400 and onward):
            break
        look = _look(target, created, place_of(target, look, onward))
    return look


def _look(target: Target, created: Created, place: str) -> Exchange:
    known = next(
        (one for one in reversed(target.tape.exchanges) if _is_it(target, one, created, place)), None
    )
    if known is not None and known.ok:
        return known

    def look() -> Exchange:
        who = target.doorman.fresh(created.owner)
        request = Request("GET", place, headers=who.headers, auth=who.auth, actor=who.name)
        answer = target.send(request)
        if not answer.forbidden or target.lacks(Need.ADMIN):
            return answer
        who = target.doorman.fresh(target.admin)
        return target.send(Request("GET", place, headers=who.headers, auth=who.auth, actor=who.name))

    return target.patience.until(lambda seen: seen.status not in (404, 410), look)


def _is_it(target: Target, exchange: Exchange, created: Created, place: str) -> bool:
    """Whether somebody's look at that very place is on the tape already, from after the create."""
    return (
        exchange.method == "GET"
        and exchange.actor == created.owner.name
        and target.client.below(exchange.url) == place
    )
