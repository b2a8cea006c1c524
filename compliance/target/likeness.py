"""Whether two answers say the same: what differs from answer to answer by itself is taken out first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from compliance.contract.paths import normal, vocabulary
from compliance.target.tape import Exchange

#: Fields that tell of one request and of nothing else.
_OWN = vocabulary(
    "requestid reqid traceid spanid correlationid errorid eventid incidentid ray rayid id uuid reference nonce csrf "
    "csrftoken timestamp time date datetime instance now duration elapsed servertime"
)
_UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
_TIME = r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(:\d\d)?([.,]\d+)?(z|[+-]\d\d:?\d\d)?"
_DATE = r"(mon|tue|wed|thu|fri|sat|sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d( gmt)?"
_CLOCK = r"\b1\d{9}(\d{3}|\d{6}|\.\d+)?\b"
#: What a page or a log is found again by: long, and with digits among its letters.
_CODE = r"\b(?=[\w-]*\d)[\w-]{16,}\b"
_PASSING = re.compile("|".join((_UUID, _TIME, _DATE, _CLOCK, _CODE)), re.IGNORECASE)


def gist(exchange: Exchange, sent: Iterable[str] = (), *, numbers: bool = True) -> tuple[int, str]:
    """The status and the body of an answer without times, ids of requests, and what was sent and comes back.

    numbers: they count; without them "3 attempts left" and "2 attempts left" are the same.
    """
    body = exchange.value
    text = json.dumps(_without_own(body), sort_keys=True) if body is not None else exchange.text
    for word in sorted((one for one in sent if len(one) > 2), key=len, reverse=True):
        text = re.sub(re.escape(word), "_", text, flags=re.IGNORECASE)
    text = " ".join(_PASSING.sub("_", text).split())
    return exchange.status, text if numbers else re.sub(r"\d+", "_", text)


def _without_own(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_own(inner) for name, inner in value.items() if normal(str(name)) not in _OWN}
    return [_without_own(inner) for inner in value] if isinstance(value, list) else value
