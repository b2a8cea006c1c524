"""An account that somebody else names in the body of an update, and whether its owner notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Need, NotApplicable, Untested, Violation
from compliance.contract.byname import name_field
from compliance.contract.model import Operation
from compliance.target.changing import a_change, plain_fields_of
from compliance.target.privileges import roles_of

if TYPE_CHECKING:
    from compliance.target.reach import Created, Target
    from compliance.target.tape import Exchange


def must_change_the_sender_alone(target: Target, update: Operation) -> None:
    """Raises Violation where somebody changes another's account by its name, Untested where nobody changes even his own."""
    victim, intruder = target.account("dave"), target.account("mallory").owner
    doubts = list[str]()
    for field, how in _changes(target, update, victim, doubts):
        before = _at_rest(target, victim)
        if field not in before:
            continue
        intrusion = target.call(update, intruder, **how)
        look = _look(target, victim)
        after = plain_fields_of(look)
        if after.get(field) != before[field]:
            raise Violation(
                "another user's object was changed",
                "the owner reads what it wrote",
                f"another {field} after {intrusion.status}",
                [intrusion, look],
            )
        genuine = target.call(update, victim.owner, **how)
        if plain_fields_of(_look(target, victim)).get(field) != before[field]:
            return
        doubts.append(f"{genuine}: it changes nothing for the owner either")
    raise Untested(
        "; ".join(dict.fromkeys(doubts)) or f"{update.label} changes nothing that an account shows"
    )


def _changes(
    target: Target, update: Operation, victim: Created, doubts: list[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Fields with requests in the victim's words that change them: the role that the administrator has, then plain ones."""
    shown = plain_fields_of(_look(target, victim))
    own = target.body(update, actor=victim.owner, created=victim, fill_all=True)
    name, body = name_field(target.contract, update), own.get("json")
    above = {} if target.lacks(Need.ADMIN) else roles_of(_seen_by_admin(target))
    for role, value in above.items():
        if (
            name
            and len(name) == 1
            and isinstance(body, Mapping)
            and role in body
            and shown.get(role) != value
        ):
            yield role, {**own, "json": {**body, role: value}}
    for whole in (False, True):
        try:
            yield a_change(target, update, victim, shown, whole=whole)
        except Untested as doubt:
            doubts.append(str(doubt))


def _at_rest(target: Target, victim: Created) -> dict[str, Any]:
    """The fields that say the same when they are read twice."""
    first, second = (plain_fields_of(_look(target, victim)) for _ in range(2))
    return {name: value for name, value in first.items() if name in second and second[name] == value}


def _look(target: Target, victim: Created) -> Exchange:
    me = target.contract.me
    if me is None:
        raise NotApplicable("the document shows no way to see one's own account")
    return target.call(me, victim.owner)


def _seen_by_admin(target: Target) -> Any:
    me = target.contract.me
    return target.call(me, target.admin).value if me else None
