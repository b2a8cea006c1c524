"""Where the next page of a list begins, as the answer that holds this one says: by a cursor, a link, or the last item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from compliance.catalogue import Untested
from compliance.contract.model import ListOperation
from compliance.contract.paging import is_next
from compliance.contract.paths import normal, vocabulary
from compliance.target.tape import Exchange

#: Fields that say whether there is one.
_MORE = vocabulary("hasmore hasnext hasnextpage more moreavailable moreresults istruncated")
#: Parameters that take the id of the last item seen.
_LAST_SEEN = vocabulary("startingafter after afterid lastid sinceid marker")
_NEXT_LINK = re.compile(r'<([^>]*)>[^<]*;\s*rel="?next\b', re.IGNORECASE)
_PAGE_LINK = re.compile(r';\s*rel="?(first|prev|previous|last|self)\b', re.IGNORECASE)
#: Fields that lead to the page behind a numbered one; one for a cursor may be empty because numbers were asked for.
_NEXT_PAGE = vocabulary("next nextpage nextlink nexturl nextpageurl nextpagelink nextoffset")


def onward(listing: ListOperation, exchange: Exchange, last: Any = None) -> Mapping[str, Any]:
    """The query parameters that lead to the next page, none of them at the end of the list.

    last: what identifies the last item of this page. Nothing but the query of a link is used, never its host.
    Raises Untested where the answer does not tell how to go on.
    """
    body = exchange.json()
    fields = dict(beside_items(body))
    if any(value is False for name, value in fields.items() if name in _MORE):
        return {}
    link = exchange.header("link")
    if link is not None:
        found = _NEXT_LINK.search(link)
        return _parameters(listing, found[1] if found else None)
    told = [value for name, value in fields.items() if is_next(name)]
    if told:
        return _parameters(listing, next((value for value in told if value not in (None, "")), None))
    if listing.cursor and normal(listing.cursor) in _LAST_SEEN and last is not None:
        return {listing.cursor: last}
    raise Untested(f"{exchange}: no field of the answer leads to the next page")


def says_more(exchange: Exchange) -> bool:
    """Whether a field of the answer says that there is another page."""
    return any(value is True for name, value in beside_items(exchange.json()) if name in _MORE)


@dataclass(frozen=True)
class Sign:
    """What one field, or the header `Link`, of a numbered page says of the page behind it."""

    name: str
    #: whether there is one
    follows: bool
    #: the query of the link that leads there, empty where it is none
    query: Mapping[str, str]

    @property
    def words(self) -> str:
        return self.name if self.follows else f"no {self.name}"


def signs(exchange: Exchange) -> list[Sign]:
    """All that the answer to a numbered page says of the next one, each under its normal name."""
    found = []
    for name, value in beside_items(exchange.value):
        if name in _MORE and isinstance(value, bool):
            found.append(Sign(name, value, {}))
        elif name in _NEXT_PAGE:
            found.append(Sign(name, value not in (None, "", False, 0, -1), _query(value)))
    header = exchange.header("link") or ""
    link = _NEXT_LINK.search(header)
    if link or _PAGE_LINK.search(header):
        found.append(Sign('Link with rel="next"', link is not None, _query(link[1] if link else None)))
    return found


def _query(value: Any) -> dict[str, str]:
    """The parameters of a link; none of what is no link."""
    is_link = isinstance(value, str) and ("://" in value or value[:1] in ("/", "?"))
    return dict(parse_qsl(urlsplit(value).query, keep_blank_values=True)) if is_link else {}


def _parameters(listing: ListOperation, value: Any) -> Mapping[str, Any]:
    if value in (None, "", False):
        return {}
    if isinstance(value, str) and ("://" in value or value[:1] in ("/", "?")):
        return _query(value)
    if listing.cursor and isinstance(value, (str, int)) and not isinstance(value, bool):
        return {listing.cursor: value}
    raise Untested(f"what leads to the next page of {listing.label} is neither a link nor a cursor")


def beside_items(body: Any, depth: int = 3) -> Iterator[tuple[str, Any]]:
    """The fields beside the items, by their normal names, the outermost first; no item is looked into."""
    if not isinstance(body, Mapping) or not depth:
        return
    for name, value in body.items():
        if not isinstance(value, (list, Mapping)):
            yield normal(name), value
    for value in body.values():
        yield from beside_items(value, depth - 1)
