"""Rows whose id no answer told: they are looked for, so that they can be addressed, and deleted at the end."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from compliance.catalogue import Untested
from compliance.target.actors import sent_body
from compliance.target.addressing import account_value, is_surely
from compliance.target.births import is_key, key_in, texts
from compliance.target.ledger import Row
from compliance.target.listing import whole
from compliance.target.tape import Exchange

if TYPE_CHECKING:
    from compliance.target.reach import Target


def look_for(target: Target, row: Row, exchange: Exchange) -> None:
    """Give a row whose id the answer does not tell the id that a list shows for the texts that were sent."""
    listing, parameter = row.resource.listing, row.resource.parameter
    if listing is None or parameter is None:
        return
    try:
        items, _ = whole(target, listing, row.owner)
    except Untested:
        return
    sent = texts(sent_body(exchange), target.tag)
    mine = [item for item in items if sent & texts(item, target.tag)]
    if len(mine) == 1 and is_key(key := key_in(mine[0], row.resource)):
        row.values = {**row.values, parameter: key}
        row.marks |= sent & texts(mine[0], target.tag)
        row.evident = True


def name_account(target: Target, row: Row) -> None:
    """Give an account whose registration told no id the one that it tells once it is logged in."""
    resource = row.resource
    with suppress(Untested):
        if not row.owner.has_credentials:
            target.doorman.log_in(row.owner)
        key = account_value(target, row.owner, resource.parameter or "id")
        if is_surely(target, resource, row.owner, key):
            target.ledger.name_account(resource, row.owner, key)


def name_all(target: Target) -> None:
    """Look once more for the rows whose id no answer told, so that they can be deleted."""
    for row in list(target.ledger.rows):  # looking may make further ones
        if row.origin is not None and not row.path and not row.account:
            look_for(target, row, row.origin)
        elif row.account and not row.path and row.resource.delete and not (row.gone or row.deleted):
            name_account(target, row)
