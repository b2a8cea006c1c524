"""Rights that somebody takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.fields import body_fields
from compliance.contract.model import Contract, Operation, Resource
from compliance.contract.paths import last_name, normal, singular
from compliance.contract.relations import at_place, is_account, places
from compliance.contract.subjects import registration
from compliance.target.changing import a_change, another_address, plain
from compliance.target.privileges import (
    is_right,
    is_role,
    is_state,
    rights_of,
    roles_of,
    to_be_taken,
    was_lifted,
)
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange

#: The answers by which a registration refuses a field; all others say nothing about it.
REFUSALS = (400, 401, 403, 409, 422)
#: Numbers from here on are nobody's.
_FAR = 1_900_000_000


def own_updates(contract: Contract) -> Iterable[Operation]:
    """Operations by which somebody edits the own account: that of "me", or that of an account in the path."""
    mine = [o for o in contract.operations if contract.me and o.path == contract.me.path]
    updates = [*(contract.accounts.updates if contract.accounts else ()), *mine]
    changing = [o for o in updates if o.method in ("PUT", "PATCH")]
    return dict.fromkeys([*changing, *(o for o in contract.operations if _of_rights_alone(contract, o))])


def _of_rights_alone(contract: Contract, operation: Operation) -> bool:
    """Whether an operation sets nothing of the account in its path but what that may do: `PUT /users/{id}/role`."""
    fields = [path[-1] for path, _ in body_fields(contract.resolver, operation.body)]
    named = [at_place(contract, one) or one.noun for one in places(operation.path)]
    if operation.method not in ("PUT", "PATCH", "POST") or len(named) != 1 or not fields:
        return False
    ours = named[0] is contract.accounts if contract.accounts else is_account(contract, _noun(named[0]))
    return ours and any(is_right(name) for name in fields) and all(is_right(n) or is_state(n) for n in fields)


def _noun(named: Resource | str) -> str:
    return named if isinstance(named, str) else singular(normal(last_name(named.collection)))


@rule(
    "ACC-003",
    "Privileges cannot be taken at registration",
    level=Level.MUST,
    subjects=registration,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def privileges_cannot_be_taken(target: Target, operation: Operation) -> None:
    """
    Why: a field that a form does not show is a field that somebody sends.

    Breaks: `class UserCreate(BaseModel): is_superuser: bool = False`

    Conforms: `model_config = ConfigDict(extra="forbid")`, and no privileged field in the schema
    """
    if target.contract.me is None:
        raise NotApplicable("the document shows no way to see one's own account")
    control = _own_account(target, "trent", {})[0] or {}
    wanted = {
        **to_be_taken(control, _undeclared(target, operation)),
        **_another_id(target, operation, control),
    }
    if not wanted:
        raise NotApplicable("an account does not show by any field what it may do")
    for name, lifted in wanted.items():
        account, exchange = _own_account(target, "mallory", {name: lifted})
        if account is None and is_state(name):
            _own_account(target, "trent", {})  # raises where others come in no more either
            observed = "an account that nobody lets in"
        elif account is not None and was_lifted(control[name], lifted, account.get(name)):
            observed = f"{name} is {account[name]!r}"
        elif account is None:
            raise Untested(f"{exchange}: the account that it made is not let in")
        else:
            continue
        raise Violation(
            f"{name} can be taken at registration",
            f"{control[name]!r} or a refusal",
            observed,
            [exchange],
        )


@rule(
    "ACC-011",
    "Privileges cannot be taken by an update",
    level=Level.MUST,
    subjects=own_updates,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def privileges_cannot_be_taken_later(target: Target, update: Operation) -> None:
    """
    Why: what registration refuses to give must not be had a moment later.

    Breaks: `user.sqlmodel_update(data.model_dump(exclude_unset=True))` with `is_superuser` in the schema

    Conforms: a schema for one's own account without such fields, or 403 to whoever is no superuser
    """
    if target.contract.me is None:
        raise NotApplicable("the document shows no way to see one's own account")
    account: Created = target.memory.once("mallory edits herself", lambda: target.account("mallory"))
    before = _seen(target, account)
    wanted = to_be_taken(rights_of(before.value), _undeclared(target, update))
    if not wanted:
        raise NotApplicable("an account does not show by any field what it may do")
    values = target.path_values(update, account.owner, account)
    if alone := _of_rights_alone(target.contract, update):
        how: Mapping[str, Any] = {"json": {}}
        offered = {path[-1] for path, _ in body_fields(target.contract.resolver, update.body)}
        wanted = {name: value for name, value in wanted.items() if name in offered and is_right(name)}
    else:
        how = _genuine_change(target, update, account, values, before)
    attacks = {
        name: target.call(update, account.owner, values, **_with(how, name, value))
        for name, value in wanted.items()
    }
    had, now, last = rights_of(before.value), *_rights_now(target, account)
    for name, attack in attacks.items():
        if now is None and not is_state(name):
            continue
        if now is None or was_lifted(had[name], wanted[name], now.get(name)):
            _must_have_a_meaning(target, update, account, values, how, name, wanted[name])
            target.memory.forget("mallory edits herself")
            observed = f"{name} is {now[name]!r}" if now else f"the account is answered {last.status}"
            raise Violation(
                f"{name} can be taken by an update",
                f"{had[name]!r} or a refusal",
                f"{observed} after {attack.status}",
                [before, attack, last],
            )
    if alone:
        if all(attack.forbidden or attack.status == 404 for attack in attacks.values()):
            raise NotApplicable("it sets what an account may do, and is refused to whoever has that account")
        raise Untested("nothing shows that it sets anything")


def _own_account(
    target: Target, name: str, extra: Mapping[str, Any]
) -> tuple[Mapping[str, Any] | None, Exchange]:
    """What "me" says of a new account that was registered with extra fields: nothing where these were refused.

    None where the account was made with them and is not let in.
    """
    me, before = target.contract.me, len(target.tape)
    try:
        actor, exchange = target.registrar.register(_fresh(target, name), target.tag, extra)
    except Untested:
        answers = target.tape.exchanges[before:]
        if not extra or not answers or answers[-1].status not in REFUSALS:
            raise
        return {}, answers[-1]
    row = target.ledger.made_by(exchange)
    if row:
        row.owner = actor
    try:
        target.doorman.log_in(actor)
    except Untested:
        if not extra:
            raise
        return None, exchange
    seen = target.call(me, actor) if me else None
    if extra and seen is not None and seen.forbidden:
        return None, exchange
    if seen is None or not seen.ok:
        raise Untested(f"{seen}: a new account cannot see itself")
    return {**_own_id(seen.json()), **rights_of(seen.json())}, exchange


def _undeclared(target: Target, operation: Operation) -> dict[str, str]:
    """The roles that the administrator has, without those that the operation offers.

    What a form offers may be a role in life; what it does not offer, and takes all the same, is nobody's to choose.
    """
    offered = {normal(path[-1]) for path, _ in body_fields(target.contract.resolver, operation.body)}
    return {name: role for name, role in _roles_above(target).items() if normal(name) not in offered}


def _roles_above(target: Target) -> dict[str, str]:
    def look() -> dict[str, str]:
        me = target.contract.me
        return roles_of(target.call(me, target.admin).value) if me and not target.lacks(Need.ADMIN) else {}

    return target.memory.once("the administrator's roles", look)


def _another_id(target: Target, operation: Operation, control: Mapping[str, Any]) -> dict[str, Any]:
    """An id that nobody has, where an account shows one and the registration does not say that it is for the client to choose."""
    declared = {normal(path[-1]) for path, _ in body_fields(target.contract.resolver, operation.body)}
    if "id" not in control or "id" in declared:
        return {}
    if isinstance(control["id"], int):
        return {"id": _FAR + int(target.tag, 16) % 10**8}
    return {"id": str(uuid4())}


def _own_id(body: Any) -> dict[str, Any]:
    known = body.get("id") if isinstance(body, Mapping) else None
    return {"id": known} if isinstance(known, (int, str)) and not isinstance(known, bool) else {}


def _fresh(target: Target, name: str) -> str:
    return f"{name}{len(target.tape)}"


def _seen(target: Target, account: Created) -> Exchange:
    """What "me" says of the account. Raises Untested where it cannot see itself."""
    me = target.contract.me
    seen = target.call(me, account.owner) if me else None
    if seen is None or not seen.ok:
        raise Untested(f"{seen}: a new account cannot see itself")
    return seen


def _genuine_change(
    target: Target, update: Operation, account: Created, values: Mapping[str, Any], before: Exchange
) -> Mapping[str, Any]:
    """The positive control: a request by which the account changes something of its own that it may. Raises Untested."""
    current = plain(before.value)
    for whole in (False, True):
        try:
            field, how = a_change(target, update, account, current, whole=whole)
        except Untested:
            field, how = another_address(target, update, account, current)
        done = target.call(update, account.owner, values, **how)
        if done.ok and plain(_seen(target, account).value).get(field) != current[field]:
            if account.owner.username == current[field]:  # it logs in by its new address from now on
                account.owner.username = how["json"][field]
            return how
    raise Untested(f"{done}: it changes nothing of the own account")


def _with(how: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The same request with one more field, beside the others."""
    body = how["json"]
    wrapper = next((key for key, inner in body.items() if len(body) == 1 and isinstance(inner, dict)), None)
    fields = {**(body[wrapper] if wrapper else body), name: value}
    return {**how, "json": {wrapper: fields} if wrapper else fields}


def _rights_now(target: Target, account: Created) -> tuple[Mapping[str, Any] | None, Exchange]:
    """The fields by which the account tells what it may do, None where it is refused, with the answer."""
    try:
        seen = _seen(target, account)
    except Untested:
        last = target.tape.exchanges[-1]
        if last.forbidden:
            return None, last
        raise
    return rights_of(seen.value), seen


def _must_have_a_meaning(
    target: Target,
    update: Operation,
    account: Created,
    values: Mapping[str, Any],
    how: Mapping[str, Any],
    name: str,
    wanted: Any,
) -> None:
    """Raises Untested where a text that names a role may be any other text as well: then nothing shows that it is a right."""
    if not is_role(name) or not isinstance(wanted, str):
        return
    nonsense = f"kit{target.tag}"
    target.call(update, account.owner, values, **_with(how, name, nonsense))
    if rights_of(_seen(target, account).value).get(name) == nonsense:
        raise Untested(f"{name} takes any text, so that nothing shows that it gives a right")
    target.call(update, account.owner, values, **_with(how, name, wanted))
    _seen(target, account)
