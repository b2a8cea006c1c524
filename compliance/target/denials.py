"""Refusals whatever their status: some services answer 200 to everything, and say in the body that it was no.

A refusal counts beside the genuine request only, which succeeds; so what is one may be judged by what that got.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.catalogue import Untested
from compliance.contract.paths import normal
from compliance.target.births import ENVELOPES, answered
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: Client errors that speak of something else than the request or whoever sent it: method, time, haste.
_BESIDE_THE_POINT = (405, 408, 425, 429)
#: Names of fields in which an answer numbers how it went.
_CODES = ("code", "errcode", "errno", "errorcode", "resultcode", "retcode", "statuscode", "status")


def is_client_error(exchange: Exchange) -> bool:
    """Whether the status alone refuses, with whatever reason: some services hide from strangers what there is."""
    return 400 <= exchange.status < 500 and exchange.status not in _BESIDE_THE_POINT


def may_deny(exchange: Exchange) -> bool:
    """Whether a success may say no in its body: it says so, or it holds nothing."""
    return exchange.ok and bool(exchange.body) and (says_no(exchange) or _holds_nothing(answered(exchange)))


def is_denied(exchange: Exchange, genuine: Exchange) -> bool:
    """Whether a success beside that of the genuine request is none: it says no, or has nothing where that has something.

    Raises Untested where the genuine request is answered no as well.
    """
    if not may_deny(exchange):
        return False
    if says_no(exchange):
        if not genuine.ok or says_no(genuine):
            raise Untested(f"{genuine}: the genuine request is answered no as well")
        return True
    bare, full = answered(exchange), answered(genuine)
    return genuine.ok and not says_no(genuine) and (not _holds_nothing(full) or _code(bare) != _code(full))


def _holds_nothing(body: Any) -> bool:
    """Nothing at all, or an envelope that has nothing in it."""
    if not isinstance(body, Mapping):
        return body is None
    inner = [value for name, value in body.items() if normal(str(name)) in ENVELOPES]
    return bool(inner) and all(value is None for value in inner)


def _code(body: Any) -> Any:
    said = {normal(str(name)): value for name, value in body.items()} if isinstance(body, Mapping) else {}
    return next((said[name] for name in _CODES if name in said), None)
