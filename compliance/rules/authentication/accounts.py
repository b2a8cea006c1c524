"""Accounts that have ended: switched off, or deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Operation, Service
from compliance.contract.subjects import guarding_services
from compliance.target.actors import Actor
from compliance.target.attempts import attempt, lets_in
from compliance.target.controls import must_be_refusals, must_succeed
from compliance.target.denials import is_denied
from compliance.target.naming import name_account
from compliance.target.proving import likely_reads
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: Further reads that a deleted account knocks at, and how many are looked at to find them.
_DOORS, _TRIED = 2, 6


@rule(
    "AUT-004",
    "A deactivated account is refused",
    level=Level.MUST,
    subjects=guarding_services,
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


@rule(
    "AUT-011",
    "A deleted account is refused",
    level=Level.MUST,
    subjects=guarding_services,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def deleted_accounts_are_refused(target: Target, _: Service) -> None:
    """
    Why: who deletes an account means that nobody gets in with it any more.

    Breaks: a soft delete that `get_current_user` or the login does not ask about

    Conforms: `user = await users.get_by_id(subject)`, and `if user is None: raise UnauthorizedException()`
    """
    proof = target.alice.proof
    bare = target.guards.ask(proof) if proof else None
    if proof is None or bare is None or bare.ok:
        raise Untested("no read tells who is let in")
    account = target.account("oscar")
    owner, deletion = account.owner, _deletion_of(target, account)
    must_succeed(seen := target.call(proof, owner))
    others = _other_doors(target, owner, proof)
    was_shown = _shown_to_others(target, account)
    done = target.call_on(account, deletion)
    if done.forbidden and not target.lacks(Need.ADMIN) and deletion.path_parameters:
        done = target.call_on(account, deletion, target.admin)
    if not done.ok or says_no(done):
        raise Untested(f"{done}: the account could not be deleted")

    def still(entry: Sequence[tuple[str, str]], door: Operation = proof) -> Exchange:
        return target.send(target.request(door, owner, headers=entry))

    with_token = target.patience.until(lambda look: not look.ok, lambda: still(owner.headers))
    by_token = with_token.ok and not is_denied(with_token, seen)
    entry = attempt(target, owner, owner.password) if target.doorman.used else None
    by_password = entry is not None and lets_in(target, entry, owner)
    both = by_token and by_password and not (was_shown and not _shown_to_others(target, account))
    if both or (done.status == 202 and (by_token or by_password)):
        raise Untested(f"{done}, and nothing shows that the account is gone: it may go later")
    if by_token or (by_password and entry is not None):
        proofs = [done, with_token] if by_token or entry is None else [done, entry]
        what = "token" if by_token else "password"
        raise Violation(
            f"the {what} of a deleted account goes on", "a refusal", f"{proofs[-1].status}", proofs
        )
    must_be_refusals([with_token])
    for door, before in others:
        look = target.patience.until(lambda look: not look.ok, partial(still, owner.headers, door))
        if look.ok and not is_denied(look, before):
            raise Violation(
                "a deleted account is refused in some places only",
                "a refusal",
                f"{look.status} from {door.label}, where {proof.label} refuses it",
                [done, with_token, look],
            )


def _deletion_of(target: Target, account: Created) -> Operation:
    """What deletes the account. Registration may not tell its id, which the account itself then does."""
    row = account.row
    if row.deletion is None and row.resource.delete is not None:
        name_account(target, row)
        if row.deletion is None:
            raise Untested("nothing shows surely which account would be deleted")
    if row.deletion is None:
        raise NotApplicable("the document shows no way to delete an account")
    return row.deletion


def _other_doors(target: Target, owner: Actor, proof: Operation) -> list[tuple[Operation, Exchange]]:
    """Further reads that let the account in and refuse nobody's request: where a token alone opens, the account is not asked for."""
    found: list[tuple[Operation, Exchange]] = []
    others = [one for one in likely_reads(target.contract) if one is not proof]
    for operation in others[:_TRIED]:
        bare = target.guards.ask(operation)
        if bare is None or bare.status not in (401, 403):
            continue
        seen = target.call(operation, owner)
        if seen.ok and not says_no(seen):
            found.append((operation, seen))
        if len(found) == _DOORS:
            break
    return found


def _shown_to_others(target: Target, account: Created) -> bool:
    """Whether somebody else is shown the account: what was, and is no longer, is gone."""
    read = account.row.resource.read
    if read is None or not read.path_parameters:
        return False
    others = [target.actors[name] for name in ("alice", "admin") if name in target.actors]
    return any(target.call_on(account, read, other).ok for other in others if other.proven)


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
