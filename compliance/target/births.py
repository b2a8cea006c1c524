"""The row that an answered create made: whose it is, and the values of its path, wherever the answer tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from compliance.catalogue import Untested
from compliance.contract.identity import likely_names
from compliance.contract.model import Contract, FieldPath, Operation, Registration, Resource
from compliance.contract.paths import last_name, normal, singular
from compliance.contract.relations import places
from compliance.target.actors import Actor, registered, sent_body
from compliance.target.ledger import Ledger, Row
from compliance.target.tape import Exchange

#: Names of what answers wrap an object in.
ENVELOPES = ("data", "result", "item", "object", "entity", "response", "payload")
#: Names that any object may have and few are found by.
_VAGUE = ("name", "key")
#: Characters of a text that is hardly in an answer by chance.
_TELLING = 8
#: A text that is an id, where a whole answer is nothing else: a number, or at least eight hexadecimal digits.
_BARE = re.compile(r"\d+|[0-9a-fA-F][0-9a-fA-F-]{7,}")


def row_of(
    contract: Contract,
    exchange: Exchange,
    owner: Actor,
    at_work: Registration | None = None,
    *,
    tag: str = "",
) -> Row | None:
    """The row that an answered create or registration made, None when the exchange created nothing.

    tag: what is in the texts of this run alone.
    at_work: the registration, beside the usual one, by which the run is making an account right now.
    """
    if not exchange.ok:
        return None
    for registration in filter(None, (contract.registration, at_work)):
        if exchange.operation == registration.operation.label:
            return _account_row(contract, exchange, registration)
    resource = next(
        (r for r in contract.resources if r.create and r.create.label == exchange.operation), None
    )
    if resource is None or resource.create is None:
        return None
    values = _values(resource, resource.create, exchange)
    deletion = resource.delete or _pointed_at(contract, resource.create, exchange)
    if deletion is not None and deletion is not resource.delete:
        values |= _path_values(deletion.path, exchange.header("location") or "")
    row = Row(resource, values, owner, exchange, deletion=deletion)
    row.evident = False
    recognise(row, exchange, tag)
    return row


def recognise(row: Row, answer: Exchange, tag: str) -> None:
    """Note which of the texts that were sent for a row an answer shows: only this run sends texts with its tag.

    Neither a status nor an address tells as much: what finds a row where there is one already may say 201 all the same.
    """
    if not tag or row.origin is None:
        return
    sent = texts(sent_body(row.origin), tag)
    shown = sent & {*texts(answered(answer), tag), str(row.identifier)}
    if not shown and tag in str(row.identifier):
        shown = {str(row.identifier)}  # the id is made of the title
    row.marks |= shown
    row.evident = row.evident or bool(shown)


def texts(value: Any, tag: str) -> set[str]:
    """Every text inside a value that carries the run's tag."""
    if isinstance(value, str):
        return {value} if tag in value else set()
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return {text for one in inner for text in texts(one, tag)}


def _values(resource: Resource, create: Operation, exchange: Exchange) -> dict[str, Any]:
    """What is known of a new row's path: its parents from the request's own path, its id from the answer."""
    values = _path_values(create.path, exchange.url)
    known = {place.above: values[place.name] for place in places(create.path) if place.name in values}
    identifier = created_id(resource, exchange)
    told = _told(exchange)
    for place in places(resource.item or ""):
        if place.above in known:
            values[place.name] = known[place.above]
        elif place.name == resource.parameter:
            values |= {place.name: identifier} if identifier is not None else {}
        elif normal(place.name) in told:
            values.setdefault(place.name, told[normal(place.name)])
    return values


def _told(exchange: Exchange) -> dict[str, Any]:
    """What a request and its answer say of a row, by the normal names of the fields; the answer wins."""
    bodies = [one for body in (sent_body(exchange), answered(exchange)) for one in reversed(_objects(body))]
    return {normal(name): value for one in bodies for name, value in one.items() if is_key(value)}


def answered(exchange: Exchange) -> Any:
    """The JSON of an answer, None where it is none."""
    return exchange.value


def is_key(value: Any) -> bool:
    """Whether a value can stand in a path for a row."""
    return isinstance(value, (str, int)) and not isinstance(value, bool) and value != ""


def _account_row(contract: Contract, exchange: Exchange, registration: Registration) -> Row:
    """The row of a new account; it deletes itself where nothing else does."""
    owner = registered(registration, exchange)
    made = next((r for r in contract.resources if r.create is registration.operation), None)
    resource = made or contract.accounts or Resource(collection=exchange.operation.partition(" ")[2])
    identifier = created_id(resource, exchange) if resource.parameter else None
    if _told_id(resource, exchange) is None and str(identifier) not in owner.names:
        identifier = None  # of what was sent only what it logs in by names an account
    values = {resource.parameter: identifier} if resource.parameter and identifier is not None else {}
    deletion = deletion_of(contract, resource if values else None, account=True)
    return Row(resource, values, owner, exchange, deletion=deletion, account=True)


def deletion_of(contract: Contract, resource: Resource | None, *, account: bool = False) -> Operation | None:
    """What deletes a row of a resource; an account, which may have none, can often delete itself."""
    if resource is not None and resource.delete is not None:
        return resource.delete
    if not (account or (resource is not None and resource is contract.accounts)):
        return None
    itself = contract.me.path if contract.me else ""
    return next(
        (o for o in contract.operations if o.method == "DELETE" and itself and o.path == itself), None
    )


def _pointed_at(contract: Contract, create: Operation, exchange: Exchange) -> Operation | None:
    """What deletes a new row under another path than the one that shows it, where its Location names that path.

    Only below the place where rows are made, and by what was sent or answered: a Location that points to a parent, or
    to a job, names nothing that may be deleted.
    """
    place, told = (
        unquote(urlsplit(exchange.header("location") or "").path),
        set(map(str, _told(exchange).values())),
    )
    made_at = _path_values(create.path, exchange.url)
    for operation in contract.operations if place else ():
        below = operation.path.startswith(f"{create.path.rstrip('/')}/") and operation.path.endswith("}")
        if operation.method != "DELETE" or not below or not _has_form(place, operation.path):
            continue
        keys = _path_values(operation.path, place)
        own = {name: value for name, value in keys.items() if name not in made_at}
        if len(own) == 1 and set(own.values()) <= told and {**keys, **made_at} == keys:
            return operation
    return None


def _has_form(place: str, path: str) -> bool:
    """Whether a place ends like a path does, whatever stands for its parameters."""
    names = path.split("/")[1:]
    parts = place.split("/")[-len(names) :]
    return len(parts) == len(names) and all(
        name == part or (name.startswith("{") and part != "") for name, part in zip(names, parts, strict=True)
    )


def follow(ledger: Ledger, place: str, exchange: Exchange) -> None:
    """Keep track of a row that an update of its place has moved: one whose id is made of its title, which the answer tells."""
    path = unquote(place)
    for row in ledger.rows:
        parameter = row.resource.parameter
        if parameter is None or not row.path or unquote(row.path) != path:
            continue
        if row.origin is not None and str(_shown_id(row.resource, row.origin)) != str(row.first_identifier):
            continue  # the row was named by something else from the beginning
        told = _shown_id(row.resource, exchange)
        if is_key(told) and str(told) != str(row.identifier):
            row.values = {**row.values, parameter: told}


def _shown_id(resource: Resource, exchange: Exchange) -> Any:
    """The id in the body of an answer: where the document says that it stands, else where it is likely to."""
    if not resource.identifier:
        return key_in(answered(exchange), resource)
    with suppress(Untested):
        return exchange.field(resource.identifier)
    return None


def created_id(resource: Resource, exchange: Exchange) -> Any:
    """The id of a created object: from its body, its Location, or from what was sent where the client chooses it."""
    told = _told_id(resource, exchange)
    if told is not None:
        return told
    chosen = [normal(name) for name in (resource.parameter, *_way(resource)[-1:]) if name]
    sent = (_named(one, chosen) for one in _objects(sent_body(exchange)))
    return next((value for value in sent if _is_our_own(value)), None)


def _told_id(resource: Resource, exchange: Exchange) -> Any:
    """The id that an answer tells, None where it tells none."""
    try:
        documented = exchange.field(_way(resource))
    except Untested:
        documented = None
    if documented == "":
        return None  # an article without a title has an empty slug: other ids of it stand in no path
    found = [documented, _located(resource, exchange), key_in(answered(exchange), resource)]
    last = normal(_way(resource)[-1]) if _way(resource) else ""
    if last in _VAGUE and last != normal(resource.parameter or ""):
        found = [*found[1:2], documented, *found[2:]]  # an address is more than a name
    return next((value for value in found if is_key(value)), None)


def _way(resource: Resource) -> FieldPath:
    return ("id",) if resource.identifier is None else resource.identifier


def _is_our_own(value: Any) -> bool:
    """Whether a value that was sent can name nothing but the new row: a number, or a short word, may well be somebody's."""
    return isinstance(value, str) and len(value) >= _TELLING and not value.isdigit()


def key_in(body: Any, resource: Resource) -> Any:
    """The id in a body that shows one row, whatever wraps it; in one that is nothing but an id, the body itself."""
    if isinstance(body, int) or (isinstance(body, str) and _BARE.fullmatch(body)):
        return body
    documented = normal(resource.identifier[-1]) if resource.identifier else ""
    shown = _objects(body, singular(normal(last_name(resource.collection))))
    if documented and any(_spelled(one).get(documented) == "" for one in shown):
        return None
    names = likely_names(resource.parameter, resource.collection)
    sure = [
        documented,
        *(name for name in names if name not in _VAGUE or name == normal(resource.parameter or "")),
    ]
    return next((value for one in shown if is_key(value := _named(one, sure))), None)


def own_fields(body: Any) -> dict[str, Any]:
    """The fields of the object that an answer shows, whatever wraps it; not those of others that it shows beside it."""
    shown = body[0] if isinstance(body, list) and len(body) == 1 else body
    return {str(name): value for one in _objects(shown) for name, value in one.items()}


def _objects(body: Any, noun: str = "") -> list[Mapping[str, Any]]:
    """An object and what it wraps: the only thing in it, its data, or what is called as its kind is."""
    if not isinstance(body, Mapping):
        return []
    known = (*ENVELOPES, noun)
    inner = [value for name, value in body.items() if len(body) == 1 or normal(name) in known]
    return [body, *(value for value in inner if isinstance(value, Mapping))]


def _spelled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by their normal names."""
    return {normal(name): value for name, value in fields.items()}


def _named(fields: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The first key among the fields of these normal names."""
    spelled = _spelled(fields)
    return next((spelled[name] for name in names if is_key(spelled.get(name))), None)


def _located(resource: Resource, exchange: Exchange) -> str | None:
    """The id that the Location header tells: where the item's path has its parameter, else its last part."""
    path = unquote(urlsplit(exchange.header("location") or "").path).rstrip("/")
    if resource.item and resource.parameter:
        told = _path_values(resource.item, path).get(resource.parameter)
        if told:
            return str(told)
    last = path.rpartition("/")[2]
    return last if last and last != last_name(resource.collection) else None


def _path_values(path: str, url: str) -> dict[str, Any]:
    """The values that a URL has for the parameters of a path: the parents of a nested row."""
    names = path.split("/")
    parts = unquote(urlsplit(url).path).split("/")[-len(names) :]
    return {
        n[1:-1]: part for n, part in zip(names, parts, strict=False) if n.startswith("{") and n.endswith("}")
    }
