"""Where the next page of a list begins, as the answer that holds this one says: by a cursor, a link, or the last item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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


def _parameters(listing: ListOperation, value: Any) -> Mapping[str, Any]:
    if value in (None, "", False):
        return {}
    if isinstance(value, str) and ("://" in value or value[:1] in ("/", "?")):
        return dict(parse_qsl(urlsplit(value).query, keep_blank_values=True))
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
