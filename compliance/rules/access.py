"""Access control (ACC). Judged by what the owner reads back, never by the intruder's status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation, Resource
from compliance.contract.subjects import deletable_resources, owned_resources
from compliance.target.actors import log_in, register
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange

#: Fields that lift an account above others, with the value that does.
PRIVILEGES = (
    ("is_superuser", True),
    ("is_admin", True),
    ("admin", True),
    ("is_staff", True),
    ("role", "admin"),
)


def registration(contract: Contract) -> Iterable[Operation]:
    return [contract.registration.operation] if contract.registration else []


@rule(
    "ACC-001",
    "Another user's object cannot be changed",
    level=Level.MUST,
    subjects=owned_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def foreign_objects_cannot_be_changed(target: Target, resource: Resource) -> None:
    """
    Why: an id is no secret; whoever counts them upwards would own everything.

    Breaks: `await repository.update(product, changes)` without a look at who asks

    Conforms: `if product.owner_id != actor.id and not actor.is_superuser: raise ForbiddenException()`
    """
    created = target.create(resource, target.alice)
    update, change = _change(target, resource, created)
    before = _read(target, resource, created)
    intrusion = target.call(update, target.bob, created.values, json=change)
    after = _read(target, resource, created)
    changed = [name for name in change if before.get(name) != after.get(name)]
    if changed:
        proof = [intrusion, target.tape.exchanges[-1]]
        raise Violation(
            "another user's object was changed",
            "the owner reads what it wrote",
            f"another {', '.join(changed)} after {intrusion.status}",
            proof,
        )
    # The positive control: the same request in the owner's name changes it.
    target.call(update, created.owner, created.values, json=change)
    if all(_read(target, resource, created).get(name) == before.get(name) for name in change):
        raise Untested(f"{update.label} changes nothing for the owner either")


@rule(
    "ACC-002",
    "Another user's object cannot be deleted",
    level=Level.MUST,
    subjects=deletable_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def foreign_objects_cannot_be_deleted(target: Target, resource: Resource) -> None:
    """
    Why: as for changing, and it cannot be made good.

    Breaks: `await repository.delete(product)` without a look at who asks

    Conforms: `if product.owner_id != actor.id and not actor.is_superuser: raise ForbiddenException()`
    """
    if resource.delete is None or resource.read is None:
        raise NotApplicable("nothing can be deleted")
    created = target.create(resource, target.alice)
    _read(target, resource, created)
    intrusion = target.call(resource.delete, target.bob, created.values)
    look = target.call(resource.read, created.owner, created.values)
    if look.status in (404, 410) or (look.status == 401 and intrusion.ok):
        raise Violation(
            "another user's object was deleted",
            "the owner still reads it",
            f"{look.status} after {intrusion.status}",
            [intrusion, look],
        )
    if not look.ok:
        raise Untested(f"{look}: the owner can no longer tell")
    gone = target.call(resource.delete, created.owner, created.values)
    if not gone.ok:
        raise Untested(f"{gone}: the owner cannot delete it either")
    created.row.gone = True


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
    shown = [(name, value) for name, value in PRIVILEGES if name in control and control[name] != value]
    if not shown:
        raise NotApplicable("an account does not show by any field what it may do")
    for name, value in shown:
        account, exchange = _own_account(target, "mallory", {name: value})
        if account.get(name) == value:
            raise Violation(
                f"{name} can be taken at registration",
                f"{control[name]!r} or a refusal",
                f"{name} is {value!r}",
                [exchange],
            )


def _own_account(target: Target, name: str, extra: Mapping[str, Any]) -> tuple[Mapping[str, Any], Exchange]:
    """What "me" says of a new account that was registered with extra fields; nothing where that was refused."""
    me = target.contract.me
    try:
        actor, exchange = register(
            target.contract, target.send, target.secrets, _fresh(target, name), target.tag, extra
        )
    except Untested:
        if not extra:
            raise
        return {}, target.tape.exchanges[-1]
    row = target.ledger.made_by(exchange)
    if row:
        row.owner = actor
    log_in(target.contract, target.send, target.secrets, actor)
    body = target.call(me, actor).json() if me else {}
    return body if isinstance(body, Mapping) else {}, exchange


def _fresh(target: Target, name: str) -> str:
    return f"{name}{len(target.tape)}"


def _read(target: Target, resource: Resource, created: Created) -> Mapping[str, Any]:
    """What the owner reads. Raises Untested when that is not to be had."""
    if resource.read is None:
        raise NotApplicable("nothing can be read back")
    exchange = target.call(resource.read, created.owner, created.values)
    body = exchange.json() if exchange.ok else None
    if not isinstance(body, Mapping):
        raise Untested(f"{exchange}: the owner cannot read its own object")
    return body


def _change(target: Target, resource: Resource, created: Created) -> tuple[Operation, dict[str, Any]]:
    """An update with a body that changes one plain text field which can be read back."""
    current = _read(target, resource, created)
    for update in sorted(resource.updates, key=lambda operation: operation.method):
        body = target.body(update, fill_all=True).get("json")
        if not isinstance(body, Mapping):
            continue
        required = set(target.contract.resolver.required(update.body.schema)) if update.body else set()
        for name, value in body.items():
            plain = isinstance(value, str) and isinstance(current.get(name), str) and value != current[name]
            if plain and not any(word in name.lower() for word in ("password", "email", "mail", "user")):
                return update, {key: inner for key, inner in body.items() if key == name or key in required}
    raise Untested("no update has a text field whose change could be read back")
