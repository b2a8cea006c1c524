"""A change of a row that can be read back: which field, which value, and what the owner reads."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Need, NotApplicable, Untested
from compliance.contract.fields import is_privileged
from compliance.contract.model import Operation, Resource
from compliance.contract.paths import normal
from compliance.contract.relations import split
from compliance.target.tape import Exchange

if TYPE_CHECKING:
    from compliance.target.reach import Created, Target

#: Fields of which services like to make the id, so that changing one moves the row.
NAMES = ("name", "title", "slug", "label")


def plain_fields(target: Target, resource: Resource, created: Created) -> Mapping[str, Any]:
    """The plain fields that the owner reads. Raises Untested when that is not to be had."""
    if resource.read is None:
        raise NotApplicable("nothing can be read back")
    return plain_fields_of(target.call_on(created, resource.read))


def plain_fields_of(look: Exchange) -> dict[str, Any]:
    """The plain fields that an answer to reading an object shows. Raises Untested where it shows none."""
    body = look.json() if look.ok else None
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if not isinstance(body, Mapping):
        raise Untested(f"{look}: the owner cannot read its own object")
    return plain(body)


def as_owner(target: Target, created: Created, operation: Operation, **how: Any) -> Exchange:
    """What the owner does to a row of its own; the administrator where owners may not."""
    exchange = target.call_on(created, operation, **how)
    if exchange.forbidden and not target.lacks(Need.ADMIN):
        return target.call_on(created, operation, target.admin, **how)
    return exchange


def at_rest(target: Target, resource: Resource, created: Created) -> Mapping[str, Any]:
    """The fields that say the same when they are read twice: what changes or goes by itself shows no intruder."""
    first, second = plain_fields(target, resource, created), plain_fields(target, resource, created)
    return {name: value for name, value in first.items() if name in second and second[name] == value}


def a_change(
    target: Target,
    update: Operation,
    created: Created,
    current: Mapping[str, Any],
    *,
    whole: bool,
    but: Collection[str] = (),
) -> tuple[str, dict[str, Any]]:
    """The first of the changes. Raises Untested where there is none."""
    for change in changes(target, update, created, current, whole=whole, but=but):
        return change
    raise Untested(f"{update.label} has no plain field whose change could be read back")


def another_address(
    target: Target, update: Operation, account: Created, current: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """A change of a throw-away account's own e-mail address: some accounts have nothing else of their own.

    Raises Untested where there is none.
    """
    how = target.body(update, actor=account.owner, created=account, fill_all=True)
    sent = how.get("json")
    fields = sent if isinstance(sent, dict) else {}
    required = target.contract.resolver.required(update.body.schema) if update.body else ()
    for name, value in fields.items() if isinstance(fields, dict) else ():
        if (
            "mail" in name.lower()
            and isinstance(value, str)
            and value != (known := current.get(name))
            and known
        ):
            kept = {k: inner for k, inner in fields.items() if k in required}
            return name, {**how, "json": {**kept, name: value}}
    raise Untested(f"{update.label} has no plain field whose change could be read back")


def changes(
    target: Target,
    update: Operation,
    created: Created,
    current: Mapping[str, Any],
    *,
    whole: bool,
    but: Collection[str] = (),
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Plain fields that can be read back, each with a request that changes it: texts, then numbers and switches.

    Beside it stands what the update requires, or the whole that it offers; without the fields `but` in either case.
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
        if name not in keys and name not in but:
            offered = {k: inner for k, inner in fields.items() if k not in but or k in required}
            kept = {k: inner for k, inner in offered.items() if whole or k in required or k in keys}
            chosen = {**kept, name: value}
            yield name, {**how, "json": {wrapper: chosen} if wrapper else chosen}


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
    alike = [n for n in plain if current[n] is not None and str(current[n]) == str(created.identifier)]
    fit = [n for n in plain if not _special(n) and not _is_the_id(n, alike, created)]

    def unlikely(name: str) -> tuple[bool, ...]:
        """The best is a free text that names nothing; a number written as a text may be read back in another form."""
        shown = current[name] or ""
        return _is_number(fields[name]), name in NAMES, not shown, names_the_row(shown, created)

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


def plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """The plain fields of an object, and of the objects that it wraps, by name; the outer ones win."""
    found = {name: value for name, value in body.items() if not isinstance(value, (dict, list))}
    for inner in body.values():
        if isinstance(inner, Mapping):
            found = {**plain(inner), **found}
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


def names_the_row(value: str, created: Created) -> bool:
    """Whether the id is made of this text, as a slug of a title is: changing it would move the row."""
    plain = re.sub(r"\W+", "", value).lower()
    return any(plain and plain in re.sub(r"\W+", "", str(part)).lower() for part in created.values.values())
