"""Rights that somebody takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Operation
from compliance.contract.paths import normal, vocabulary
from compliance.contract.subjects import registration
from compliance.target.reach import Target
from compliance.target.tape import Exchange

#: Switches that lift an account above others, and what else says what it may do, by their normal names.
SWITCHES = vocabulary(
    "issuperuser superuser isadmin admin isstaff staff ismoderator isverified emailverified"
)
RIGHTS = vocabulary("role roles userrole userroles permission permissions scopes groups")
#: The answers by which a registration refuses a field; all others say nothing about it.
REFUSALS = (400, 401, 403, 409, 422)


@rule(
    "ACC-003",
    "Privileges cannot be taken at registration",
    level=Level.MUST,
    subjects=registration,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def privileges_cannot_be_taken(target: Target, _: Operation) -> None:
    """
    Why: a field that a form does not show is a field that somebody sends.

    Breaks: `class UserCreate(BaseModel): is_superuser: bool = False`

    Conforms: `model_config = ConfigDict(extra="forbid")`, and no privileged field in the schema
    """
    if target.contract.me is None:
        raise NotApplicable("the document shows no way to see one's own account")
    control = _own_account(target, "trent", {})[0]
    shown = {name: lifted for name, value in control.items() if (lifted := _lifted(name, value)) != value}
    if not shown:
        raise NotApplicable("an account does not show by any field what it may do")
    for name, lifted in shown.items():
        account, exchange = _own_account(target, "mallory", {name: lifted})
        if _was_lifted(control[name], lifted, account.get(name)):
            raise Violation(
                f"{name} can be taken at registration",
                f"{control[name]!r} or a refusal",
                f"{name} is {account[name]!r}",
                [exchange],
            )


def _lifted(name: str, shown: Any) -> Any:
    """What the field of an account holds where it may do more than others; what it shows where that is not known."""
    shape = normal(name)
    if isinstance(shown, bool) or shown is None:
        return True if shape in SWITCHES else "admin" if shape in RIGHTS else shown
    if shape not in RIGHTS:
        return shown
    if isinstance(
        shown, Mapping
    ):  # a role of the service's own: another one, the administrators' is the first mostly
        return {key: _another(value) for key, value in shown.items() if isinstance(value, str | int)}
    return [*shown, "admin"] if isinstance(shown, list) else _another(shown)


def _another(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return 1 if value != 1 else 2
    return "admin" if isinstance(value, str) else value


def _was_lifted(before: Any, lifted: Any, now: Any) -> bool:
    """Whether an account shows what was asked for and an ordinary one does not."""
    if isinstance(lifted, list):
        return isinstance(now, list) and "admin" in now
    if isinstance(lifted, Mapping) and isinstance(now, Mapping) and isinstance(before, Mapping):
        return any(now.get(key) == value != before.get(key) for key, value in lifted.items())
    return type(now) is type(lifted) and now == lifted


def _own_account(target: Target, name: str, extra: Mapping[str, Any]) -> tuple[Mapping[str, Any], Exchange]:
    """What "me" says of a new account that was registered with extra fields; nothing where that was refused."""
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
    target.doorman.log_in(actor)
    seen = target.call(me, actor) if me else None
    if seen is None or not seen.ok:
        raise Untested(f"{seen}: a new account cannot see itself")
    body = seen.json()
    return _rights(body), exchange


def _rights(body: Any) -> dict[str, Any]:
    """The fields by which an account tells what it may do, wherever they are; the outer ones win."""
    fields = body if isinstance(body, Mapping) else {}
    found: dict[str, Any] = {}
    for name, inner in fields.items():
        if normal(name) in SWITCHES | RIGHTS:
            found[name] = inner
        elif isinstance(inner, Mapping):
            found = {**_rights(inner), **found}
    return found


def _fresh(target: Target, name: str) -> str:
    return f"{name}{len(target.tape)}"
