"""Where a request goes: the values of its path and of the query parameters that it requires, for whoever sends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Untested
from compliance.contract.example import example
from compliance.contract.model import Operation, Resource
from compliance.contract.paths import normal
from compliance.contract.relations import Place, at_place, is_account, places, referred, split
from compliance.target.actors import Actor
from compliance.target.births import is_key
from compliance.target.forging import take_apart
from compliance.target.ledger import Row

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Fields that hold an account's id, the likeliest first; the last is a claim of a token.
_IDS = ("id", "uuid", "guid", "uid", "pk", "userid", "accountid", "useruuid", "useruid", "sub")
#: Characters of a name that hardly stands in an answer by chance.
_TELLING = 4
#: Characters of a key that no two rows have, such as a UUID.
_TELLING_KEY = 16
#: Fields that hold an account's name, the likeliest first.
_NAMES = ("username", "login", "handle", "nickname", "slug", "name", "email")


def path_values(target: Target, operation: Operation, actor: Actor, row: Row | None = None) -> dict[str, Any]:
    """The values of an operation's path as an actor calls it: on that row, below rows and accounts of its own.

    What lies above is created first where it has to be. Raises Untested where a value cannot be had.
    """
    resource = target.contract.resource_of(operation)
    known = row.places if row is not None else {}
    found: dict[str, Any] = {}
    for place in places(operation.path):
        last = place.name == operation.path_parameters[-1]
        if place.above in known:
            found[place.name] = known[place.above]
        elif row is not None and last and resource is row.resource and row.identifier is not None:
            found[place.name] = row.identifier  # `/users/delete/{id}` for the row at `/users/{user_id}`
        else:
            found[place.name] = _value_at(target, operation, place, actor)
    return found


def below_own(target: Target, operation: Operation, intruder: Actor, row: Row) -> dict[str, Any] | None:
    """The path to another's row as an intruder writes it who puts rows of its own above; None where it has none to put there.

    A service that asks only whose the upper row is lets it pass. Raises Untested where a value cannot be had; below an
    upper row that this run did not make a number might be that of another row, and is not risked.
    """
    genuine = path_values(target, operation, row.owner, row)
    depth = len(places(row.resource.item or ""))
    above = [place for number, place in enumerate(places(operation.path), 1) if number < depth]
    alone = _is_unlike_any(row.identifier)
    written = genuine | {
        place.name: _value_at(target, operation, place, intruder, ours=not alone) for place in above
    }
    return written if written != genuine else None


def query_values(
    target: Target, operation: Operation, actor: Actor, number: int | str = ""
) -> dict[str, Any]:
    """A value for every query parameter that the operation requires: of a row that it names, else an example.

    number: makes it unlike any before.
    """
    found: dict[str, Any] = {}
    for parameter in operation.parameters:
        if parameter.required and parameter.location == "query":
            value = reference(target, parameter.name, parameter.schema, actor)
            made = example(
                target.contract.resolver,
                {
                    "type": "object",
                    "required": [parameter.name],
                    "properties": {parameter.name: parameter.schema},
                },
                seed_text=f"kit{target.tag}{number}",
            )
            found[parameter.name] = made[parameter.name] if value is None else value
    return found


def reference(
    target: Target, name: str, schema: Mapping[str, Any], actor: Actor, own: Resource | None = None
) -> Any:
    """The key by which a field of that name refers to a row or to the actor's account; None where it does not.

    own: the resource that the field belongs to. Raises Untested where it does refer to a row that cannot be had.
    """
    kind = target.contract.resolver.type_of(schema)
    _, key = split(name)
    if kind not in ("integer", "string", None) or not (
        key or kind == "integer" or "uuid" in str(schema.get("format"))
    ):
        return None
    resource = referred(target.contract, name, own)
    value = None
    if is_account(target.contract, name):
        value = account_value(target, actor, name)
    elif resource is not None:
        value = target.rows.key_of(resource, actor, key)
    return int(value) if kind == "integer" and isinstance(value, str) and value.isdecimal() else value


def account_value(target: Target, actor: Actor, name: str) -> Any:
    """What an account says of itself under the name of a parameter: its id, its user name; None where it does not say."""
    own, wants_id = normal(name), split(name)[1] in ("id", "uuid", "guid", "uid", "pk")
    for known in _sayings(target, actor):
        names = (own, *_IDS) if wants_id else (own, *_NAMES)
        value = next((known[one] for one in names if is_key(known.get(one))), None)
        if value is not None:
            return value
    return None if wants_id else actor.username or None


def _sayings(target: Target, actor: Actor) -> Iterator[Mapping[str, Any]]:
    """What is known of an account by the normal names of its fields: what it was told, "me", the token's claims."""
    yield _flat(actor.identity)
    me = target.contract.me
    if me is not None and actor.name not in target.rows.asked and not me.path_parameters:
        target.rows.asked.add(actor.name)
        answer = target.call(me, actor)
        body = answer.json() if answer.ok else {}
        actor.identity = {**actor.identity, **(body if isinstance(body, Mapping) else {})}
        yield _flat(actor.identity)
    token = take_apart(actor.token)
    yield _flat(token.claims) if token else {}


def _flat(body: Mapping[str, Any]) -> dict[str, Any]:
    """The plain fields of an object and of those that it wraps, by their normal names; the outer ones win."""
    found = {normal(name): value for name, value in body.items() if not isinstance(value, (dict, list))}
    for inner in body.values():
        if isinstance(inner, Mapping):
            found = {**_flat(inner), **found}
    return found


def _is_unlike_any(key: Any) -> bool:
    """Whether a key names one row wherever it is asked for."""
    return isinstance(key, str) and len(key) >= _TELLING_KEY and not key.isdecimal()


def _value_at(target: Target, operation: Operation, place: Place, actor: Actor, *, ours: bool = True) -> Any:
    """The value of one parameter. ours: what changes something below a row wants that this run made the row."""
    contract = target.contract
    resource = at_place(contract, place)
    named = (
        place.name if split(place.name)[0] else place.noun
    )  # `/posts/category/{id}` says it before the parameter
    own = resource is contract.accounts if contract.accounts else is_account(contract, place.noun)
    changes = operation.method in ("PUT", "PATCH", "DELETE")
    if resource is not None and own:
        value = _account_key(target, resource, place, actor)
        if changes and is_key(value) and not is_surely(target, resource, actor, value):
            raise Untested(f"nothing shows that {value!r} is {actor.name}'s own account in {operation.label}")
        if changes and is_key(value):
            target.ledger.name_account(resource, actor, value)
    elif resource is not None:
        value = target.rows.key_of(resource, actor)
        if ours and changes and operation is not resource.create and not target.ledger.owns(resource, value):
            raise Untested(f"nothing shows that this run made {value!r} in {operation.label}")
    elif is_account(contract, place.name) or (
        referred(contract, named) is None and is_account(contract, place.noun)
    ):
        value = account_value(target, actor, place.name)
    else:
        known = referred(contract, named)
        value = target.rows.key_of(known, actor, split(place.name)[1]) if known is not None else None
    if not is_key(value):
        raise Untested(f"no value is known for {{{place.name}}} of {operation.label}")
    return value


def _account_key(target: Target, resource: Resource, place: Place, actor: Actor) -> Any:
    """The account's own key: as its row in the ledger has it, else as it says itself."""
    mine = (row for row in target.ledger.rows if row.account and row.owner is actor)
    told = next((row.identifier for row in mine if row.resource is resource and not row.gone), None)
    if told is not None:
        return told
    field = resource.identifier[-1] if resource.identifier else resource.parameter or place.name
    return account_value(target, actor, place.name) or account_value(target, actor, field)


def is_surely(target: Target, resource: Resource, actor: Actor, key: Any) -> bool:
    """Whether an account's key is known well enough to change or delete what it names.

    The number in a token or an answer may be that of a session or of a team, and then name somebody else's account. So
    registration must have told it, or it must stand beside the account's name, or lead to a read that shows the name.
    """
    mine = (row.identifier for row in target.ledger.rows if row.account and row.owner is actor)
    names = {name for name in (actor.username, *actor.names) if name}
    token = take_apart(actor.token)
    if not is_key(key) or key in mine or str(key) in names:
        return is_key(key)
    if any(_beside(said, key, names) for said in (actor.identity, token.claims if token else {})):
        return True
    read = resource.read
    if read is None or len(read.path_parameters) != 1:
        return False
    answer = target.call(read, actor, {read.path_parameters[0]: key})
    return answer.ok and any(name in answer.text for name in names if len(name) >= _TELLING)


def _beside(said: Any, key: Any, names: set[str]) -> bool:
    """Whether some object has both the key and a name of the account among its fields."""
    if not isinstance(said, Mapping):
        return False
    plain = {str(value) for value in said.values() if is_key(value)}
    return (str(key) in plain and bool(plain & names)) or any(
        _beside(inner, key, names) for inner in said.values()
    )
