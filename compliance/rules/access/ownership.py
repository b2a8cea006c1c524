"""Whose a new object is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.inputs import inputs_of
from compliance.contract.model import Contract, Operation, Resource
from compliance.contract.paths import normal, vocabulary
from compliance.contract.subjects import created_resources
from compliance.target.actors import leaves, sent_body
from compliance.target.addressing import account_value
from compliance.target.births import answered, is_key
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: Fields that say who made an object, and those that may as well say whom it is about.
_MAKER = vocabulary("owner ownerid author authorid creator creatorid createdby createdbyid")
_WHOEVER = vocabulary("user userid username account accountid")


def objects_of_users(contract: Contract) -> Iterable[Resource]:
    """Resources that can be created and read, but for the accounts themselves."""
    return [resource for resource in created_resources(contract) if resource is not contract.accounts]


@dataclass(frozen=True)
class Claim:
    """A field by which an object says whose it is: hers as the service filled it, his as she might."""

    name: str
    hers: Any
    his: Any


@rule(
    "ACC-012",
    "An object cannot be created in another user's name",
    level=Level.MUST,
    subjects=objects_of_users,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def nobody_creates_in_anothers_name(target: Target, resource: Resource) -> None:
    """
    Why: what somebody has written must not be put into another's mouth.

    Breaks: `class NoteCreate(BaseModel): owner_id: int`

    Conforms: `repository.create({**data.model_dump(), "owner_id": actor.id})`, and no owner in the schema
    """
    confirmed = target.confirmed(resource)
    confirmed.must("create", "read")
    created, create = confirmed.created, resource.create
    if create is None or created.owner is not target.alice or target.rows.belongs_to_nobody(resource):
        raise NotApplicable("it is not for users to create")
    claims = list(_claims(target, create, answered(confirmed.look) if confirmed.look else None))
    if not claims:
        raise NotApplicable("an object does not show whose it is")
    for claim in claims:
        answer = _created_as_his(target, create, claim)
        if not answer.ok or says_no(answer):
            if answer.busy or answer.status >= 500:
                raise Untested(f"{answer}: neither an object nor a refusal")
            continue
        look = _look(target, resource, answer)
        if str(_owner_in(look, claim)) == str(claim.his):
            _hand_over(target, answer)
            raise Violation(
                "an object is created in another user's name",
                f"the sender in {claim.name}, or a refusal",
                f"{claim.name} is whoever was named, after {answer.status}",
                [answer, look],
            )


def _claims(target: Target, create: Operation, shown: Any) -> Iterator[Claim]:
    """The fields of an object that hold a key of alice's account, and what bob's would be.

    A field that has to be sent may say whom the object is about, unless it is called as its maker is.
    """
    required = {normal(one.path[-1]) for one in inputs_of(create, target.contract.resolver) if one.required}
    for way, hers in leaves(shown):
        name = way[-1]
        fits = normal(name) in _MAKER or (normal(name) in _WHOEVER and normal(name) not in required)
        his = _bobs(target, name, hers) if fits and is_key(hers) else None
        if his is not None:
            yield Claim(name, hers, his)


def _bobs(target: Target, name: str, hers: Any) -> Any:
    """What bob is known by where alice is known by this key; None where it is none of hers."""
    for kind in (name, "id", "username", "email"):
        mine, other = account_value(target, target.alice, kind), account_value(target, target.bob, kind)
        if is_key(mine) and is_key(other) and str(mine) == str(hers) != str(other):
            return int(other) if isinstance(hers, int) and str(other).isdecimal() else other
    return None


def _created_as_his(target: Target, create: Operation, claim: Claim) -> Exchange:
    """Alice's create, which names bob as the owner."""
    how = target.body(create, actor=target.alice)
    body = how.get("json")
    if not isinstance(body, dict):
        raise NotApplicable(f"{create.label} takes no object as its body")
    wrapper = next((key for key, inner in body.items() if len(body) == 1 and isinstance(inner, dict)), None)
    fields = {**(body[wrapper] if wrapper else body), claim.name: claim.his}
    sent = {**how, "json": {wrapper: fields} if wrapper else fields}
    return target.call(create, target.alice, target.path_values(create, target.alice), **sent)


def _look(target: Target, resource: Resource, answer: Exchange) -> Exchange:
    """The new object as alice reads it, or as bob does where it is his now."""
    row = target.ledger.made_by(answer)
    if row is None or resource.read is None:
        raise Untested(f"{answer}: it does not tell which object it made")
    made = Created(row, sent_body(answer), answer)
    look = target.call_on(made, resource.read)
    look = look if look.ok else target.call_on(made, resource.read, target.bob)
    if not look.ok:
        raise Untested(f"{look}: the new object is not to be read")
    return look


def _owner_in(look: Exchange, claim: Claim) -> Any:
    body: Mapping[tuple[str, ...], Any] = dict(leaves(answered(look)))
    return next((value for way, value in body.items() if way[-1] == claim.name), None)


def _hand_over(target: Target, answer: Exchange) -> None:
    """Let bob clean up what is his now."""
    row = target.ledger.made_by(answer)
    if row is not None:
        row.owner = target.bob
