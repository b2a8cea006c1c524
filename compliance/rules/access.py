"""Access control (ACC). Judged by what the owner reads back, never by the intruder's status."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.fields import is_privileged
from compliance.contract.inputs import inputs_of
from compliance.contract.model import Operation, Resource
from compliance.contract.paths import normal, vocabulary
from compliance.contract.relations import split
from compliance.contract.subjects import deletable_resources, owned_resources, registration
from compliance.target.addressing import below_own
from compliance.target.bodies import naming_oneself
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange

#: Switches that lift an account above others, and what else says what it may do, by their normal names.
SWITCHES = vocabulary(
    "issuperuser superuser isadmin admin isstaff staff ismoderator isverified emailverified"
)
RIGHTS = vocabulary("role roles userrole userroles permission permissions scopes groups")
#: The answers by which a registration refuses a field; all others say nothing about it.
REFUSALS = (400, 401, 403, 409, 422)
#: The answers after which a row is not there.
GONE = (404, 410)
#: Fields of which services like to make the id, so that changing one moves the row.
NAMES = ("name", "title", "slug", "label")


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
    _must_have_owners(target, resource)
    doubts = []
    for update in sorted(resource.updates, key=lambda operation: operation.method):
        try:
            _must_be_the_owners(target, resource, update)
        except Untested as doubt:
            doubts.append(str(doubt))
    if doubts:
        raise Untested("; ".join(dict.fromkeys(doubts)))


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
    _must_have_owners(target, resource)
    created = target.create(resource, target.alice)
    _at_rest(target, resource, created)
    for intrusion in _intrusions(target, created, resource.delete):
        look = target.call_on(created, resource.read)
        if look.status in GONE or (look.status == 401 and intrusion.ok):
            created.row.gone = look.status in GONE
            raise Violation(
                "another user's object was deleted",
                "the owner still reads it",
                f"{look.status} after {intrusion.status}",
                [intrusion, look],
            )
        if not look.ok:
            raise Untested(f"{look}: the owner can no longer tell")
    gone = _as_owner(target, created, resource.delete)
    if not gone.ok:
        raise Untested(f"{gone}: the owner cannot delete it either")
    created.row.gone = True
    if below_own(target, resource.delete, target.bob, created.row):
        own = target.create(resource, target.bob)
        _must_be_let_in(_as_owner(target, own, resource.delete))


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


def _must_have_owners(target: Target, resource: Resource) -> None:
    """Raises where the running service does not show the resource to be one, or its rows to be anybody's own."""
    target.confirmed(resource).must("create", "read")
    if target.rows.belongs_to_nobody(resource):
        raise NotApplicable(
            "whoever comes creates without credentials, so that what is created belongs to nobody"
        )


def _must_be_the_owners(target: Target, resource: Resource, update: Operation) -> None:
    """Raises Violation where bob's update of alice's row has an effect, Untested where alice's own has none."""
    created = target.create(resource, target.alice)
    owners = [one.path[-1] for one in inputs_of(update, target.contract.resolver) if one.owner]
    for whole in (False, True):  # an update may want more than it says
        before = _at_rest(target, resource, created)
        field, how = _change(target, update, created, before, whole=whole)
        for intrusion in _intrusions(target, created, update, how):
            watched = {name: before[name] for name in (field, *owners) if name in before}
            _must_be_untouched(target, resource, created, intrusion, watched)
        # The positive control: the same request in the owner's name changes it.
        genuine = _as_owner(target, created, update, **how)
        if _read(target, resource, created).get(field) != before[field]:
            break
    else:
        raise Untested(f"{genuine}: it changes nothing for the owner either")
    if below_own(target, update, target.bob, created.row):
        own = target.create(resource, target.bob)
        how = _change(target, update, own, _at_rest(target, resource, own), whole=whole)[1]
        _must_be_let_in(_as_owner(target, own, update, **how))


def _intrusions(
    target: Target, created: Created, operation: Operation, how: Mapping[str, Any] | None = None
) -> Iterator[Exchange]:
    """What bob tries on alice's row: her own request; the same below rows of his; the same with him as the owner."""
    how, bob = how or {}, target.bob
    yield target.call_on(created, operation, bob, **how)
    elsewhere = below_own(target, operation, bob, created.row)
    if elsewhere is not None:
        yield target.call(operation, bob, elsewhere, **how)
    claimed = naming_oneself(target, operation, how, bob)
    if claimed is not None:
        yield target.call_on(created, operation, bob, **claimed)


def _must_be_untouched(
    target: Target, resource: Resource, created: Created, intrusion: Exchange, before: Mapping[str, Any]
) -> None:
    """Raises Violation where the owner reads anything else than before, or cannot read it any more after the intruder's success."""
    try:
        after = _read(target, resource, created)
    except Untested:
        look = target.tape.exchanges[-1]
        if not intrusion.ok or look.status not in (403, *GONE):
            raise
        created.row.owner = target.bob  # whose it is now: he has to delete it
        observed = f"{look.status} after {intrusion.status}"
    else:
        changed = [name for name, value in before.items() if after.get(name) != value]
        if not changed:
            return
        observed = f"another {changed[0]} after {intrusion.status}"
    raise Violation(
        "another user's object was changed",
        "the owner reads what it wrote",
        observed,
        [intrusion, target.tape.exchanges[-1]],
    )


def _must_be_let_in(control: Exchange) -> None:
    """The positive control of what is tried below the intruder's own rows: there he may do it to what is his."""
    if not control.ok:
        raise Untested(f"{control}: the intruder cannot do it to his own either")


def _as_owner(target: Target, created: Created, operation: Operation, **how: Any) -> Exchange:
    """The same in the owner's name; in the administrator's where owners may not."""
    exchange = target.call_on(created, operation, **how)
    if exchange.forbidden and not target.lacks(Need.ADMIN):
        return target.call_on(created, operation, target.admin, **how)
    return exchange


def _read(target: Target, resource: Resource, created: Created) -> Mapping[str, Any]:
    """The plain fields that the owner reads. Raises Untested when that is not to be had."""
    if resource.read is None:
        raise NotApplicable("nothing can be read back")
    exchange = target.call_on(created, resource.read)
    body = exchange.json() if exchange.ok else None
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if not isinstance(body, Mapping):
        raise Untested(f"{exchange}: the owner cannot read its own object")
    return _fields(body)


def _at_rest(target: Target, resource: Resource, created: Created) -> Mapping[str, Any]:
    """The fields that say the same when they are read twice: what changes or goes by itself shows no intruder."""
    first, second = _read(target, resource, created), _read(target, resource, created)
    return {name: value for name, value in first.items() if name in second and second[name] == value}


def _change(
    target: Target, update: Operation, created: Created, current: Mapping[str, Any], *, whole: bool
) -> tuple[str, dict[str, Any]]:
    """A plain field that can be read back, and a request that changes it: a text, else a number or a switch.

    Beside it stands what the update requires, or the whole that it offers.
    """
    how = target.body(update, actor=created.owner, created=created, fill_all=True)
    body = how.get("json")
    if not isinstance(body, dict) or update.body is None:
        raise Untested(f"{update.label} takes no object as its body")
    wrapper = next((key for key, inner in body.items() if len(body) == 1 and isinstance(inner, dict)), None)
    fields = body[wrapper] if wrapper else body
    schema = target.contract.resolver.at(update.body.schema, (wrapper,) if wrapper else ())
    required = target.contract.resolver.required(schema)
    keys = _keys(created, fields)
    for name, value in _other_values(fields, current, created):
        if name not in keys:
            kept = {k: inner for k, inner in fields.items() if whole or k in required or k in keys}
            chosen = {**kept, name: value}
            return name, {**how, "json": {wrapper: chosen} if wrapper else chosen}
    raise Untested(f"{update.label} has no plain field whose change could be read back")


def _keys(created: Created, fields: Mapping[str, Any]) -> list[str]:
    """The fields that say which row is meant."""
    return [
        name for name, value in fields.items() if value == created.identifier and not isinstance(value, bool)
    ]


def _other_values(
    fields: Mapping[str, Any], current: Mapping[str, Any], created: Created
) -> Iterator[tuple[str, Any]]:
    """Fields with values other than the present ones: texts that name nothing, other texts, then all the rest."""
    texts = [n for n, v in fields.items() if isinstance(v, str) and n in current]
    # What is empty until somebody fills it is a text as well.
    plain = [n for n in texts if isinstance(current[n], str) or current[n] is None]
    alike = [n for n in plain if str(current[n]) == str(created.identifier)]
    fit = [n for n in plain if not _special(n) and not _is_the_id(n, alike, created)]

    def unlikely(name: str) -> tuple[bool, ...]:
        """The best is a free text that names nothing; a number written as a text may be read back in another form."""
        shown = current[name] or ""
        return _is_number(fields[name]), name in NAMES, not shown, _names_the_row(shown, created)

    for name in sorted(fit, key=unlikely):
        if fields[name] != current[name]:
            yield name, fields[name]
    for name, value in fields.items():
        known = current.get(name)
        if type(known) is not type(value) or is_privileged(name) or split(name)[1]:
            continue
        if isinstance(known, bool):
            yield name, not known
        elif isinstance(known, int | float):
            yield name, value if value != known else known + 1


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """The plain fields of an object, and of the objects that it wraps, by name; the outer ones win."""
    found = {name: value for name, value in body.items() if not isinstance(value, (dict, list))}
    for inner in body.values():
        if isinstance(inner, Mapping):
            found = {**_fields(inner), **found}
    return found


def _is_the_id(name: str, alike: Sequence[str], created: Created) -> bool:
    """Whether changing a field would move the row: it is called as the id is, or of all fields it alone is like it.

    alike: the fields that say the same as the id. A service that makes the slug of the title has several of them
    where all the texts that were sent are one.
    """
    resource = created.row.resource
    called = {normal(one) for one in (resource.parameter, *(resource.identifier or ())[-1:]) if one}
    return normal(name) in called or (name in alike and (len(alike) == 1 or name in NAMES))


def _special(name: str) -> bool:
    """A field with rules of its own: credentials, and addresses that must be unique or confirmed."""
    return any(word in name.lower() for word in ("password", "mail", "user"))


def _names_the_row(value: str, created: Created) -> bool:
    """Whether the id is made of this text, as a slug of a title is: changing it would move the row."""
    plain = re.sub(r"\W+", "", value).lower()
    return any(plain and plain in re.sub(r"\W+", "", str(part)).lower() for part in created.values.values())
