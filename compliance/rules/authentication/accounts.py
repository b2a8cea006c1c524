"""Accounts that have ended: switched off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Operation, Service
from compliance.contract.subjects import service
from compliance.target.controls import (
    must_be_refusals,
    must_succeed,
)
from compliance.target.denials import is_denied
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange


@rule(
    "AUT-004",
    "A deactivated account is refused",
    level=Level.MUST,
    subjects=service,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER, Need.ADMIN},
)
def deactivated_accounts_are_refused(target: Target, _: Service) -> None:
    """
    Why: switching an account off must work at once, not when its tokens end.

    Breaks: a current-user dependency that never looks at `user.is_active`

    Conforms: `if not user.is_active: raise ForbiddenException("Inactive user")`
    """
    resource, me = target.contract.accounts, target.contract.me
    if resource is None or not resource.updates or me is None:
        raise NotApplicable("the document shows no way to deactivate an account and to see that it worked")
    update, field = _switch(target, resource.updates)
    account = target.account("mallory")
    seen = target.call(me, account.owner)
    must_succeed(seen)
    if not account.values:
        raise Untested("registration does not tell the id of the account")
    done = target.call(
        update,
        target.admin,
        {update.path_parameters[0]: next(iter(account.values.values()))},
        json={**_required_of(target, update, account, seen), field: False},
    )
    if not done.ok or done.field((field,)) is not False:
        raise Untested(f"{done}: the administrator could not deactivate an account")
    exchange = target.call(me, account.owner)
    if exchange.ok and not is_denied(exchange, seen):
        raise Violation(
            "a deactivated account goes on",
            "401 or 403",
            f"{exchange.status} with its token",
            [done, exchange],
        )
    must_be_refusals([exchange])


def _required_of(target: Target, update: Operation, account: Created, seen: Exchange) -> dict[str, Any]:
    """What the update requires, as far as the account is known: a PUT may want the whole of it."""
    required = target.contract.resolver.required(update.body.schema) if update.body else ()
    known: dict[str, Any] = {}
    for body in (account.sent, seen.json()):
        known |= body if isinstance(body, Mapping) else {}
    return {name: known[name] for name in required if name in known}


def _switch(target: Target, updates: Iterable[Operation]) -> tuple[Operation, str]:
    """The update that carries a field by which an account is switched off."""
    for update in updates:
        properties = target.contract.resolver.properties(update.body.schema) if update.body else {}
        for name in ("is_active", "active", "enabled", "is_enabled"):
            if name in properties and len(update.path_parameters) == 1:
                return update, name
    raise NotApplicable("no update of an account has a field that switches it off")
