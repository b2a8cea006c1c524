"""What a person says wins over what is inferred; what they misspell is told with the nearest thing that exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from compliance.contract.errors import ContractError, unknown
from compliance.contract.fields import body_fields
from compliance.contract.lists import listing_at
from compliance.contract.model import FieldPath, ListOperation, Login, Operation, Resource
from compliance.contract.paging import query_fields
from compliance.contract.paths import canonical

if TYPE_CHECKING:
    from compliance.contract.resolve import Resolver, Schema

SAID = "the configuration says so"
STYLES = {"list": ("page", "offset", "cursor", "limit", "none"), "login": ("form", "json", "query", "basic")}
_MOVING = ("page", "offset", "cursor", "size")
_ROLES = ("create", "list", "read", "update", "delete")
#: The methods that an operation may have, by the role that is given to it.
FITTING = {
    **dict.fromkeys(("me", "list", "read"), ("GET",)),
    "login": ("POST", "PUT", "GET"),
    **dict.fromkeys(("registration", "create"), ("POST", "PUT")),
    "update": ("PUT", "PATCH", "POST"),
    "delete": ("DELETE", "POST"),
}


class Named:
    """The operations by their labels. Raises ContractError for a label that none has, or a role that it cannot have."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations = {operation.label: operation for operation in operations}

    def operation(self, label: object, said_at: str) -> Operation:
        found = self._operations.get(str(label))
        if found is None:
            raise unknown(said_at, str(label), self._operations, "no operation of the document")
        return found

    def fitting(self, label: object, role: str, said_at: str) -> Operation:
        """The operation, if its method goes with the role."""
        found = self.operation(label, said_at)
        methods = FITTING[role]
        if found.method in methods:
            return found
        known = [one.label for one in self._operations.values() if one.method in methods]
        raise unknown(said_at, found.label, known, f"no {' or '.join(methods)}, which {said_at} has to be")


def stated_login(login: Login | None, given: Mapping[str, str], resolver: Resolver) -> Login | None:
    """The login with the fields that were given."""
    if not given:
        return login
    _check_keys(given, ("identifier", "password", "token", "style"), "login")
    if login is None:
        raise ContractError(
            'login says how one logs in, but the document shows no login: say which operation it is, roles.login = "POST /…".'
        )
    operation = login.operation
    style = _style(given, "login", login.style)
    taken: Iterable[str] = (".".join(path) for path, _ in body_fields(resolver, operation.body))
    if style == "query":
        taken = query_fields(operation, resolver)
    known = list(taken)
    answer = operation.success.schema if operation.success else None
    token = login.token
    if "token" in given:
        token = _way(given["token"], "login.token", answer, resolver)
    return replace(
        login,
        style=style,
        identifier=_field(given, "identifier", known) or login.identifier,
        password=_field(given, "password", known) or login.password,
        token=token,
        reason=f"{login.reason}; {', '.join(given)}: {SAID}",
    )


def stated_lists(
    lists: Sequence[ListOperation],
    operations: Sequence[Operation],
    given: Mapping[str, Mapping[str, Any] | bool],
    resolver: Resolver,
) -> tuple[ListOperation, ...]:
    """The lists without those that are none, and with those that were not recognised, as they were described."""
    named, found = Named(operations), {listing.label: listing for listing in lists}
    for label, said in given.items():
        place = f'lists."{label}"'
        operation = named.operation(label, place)
        if said is False:
            found.pop(label, None)
            continue
        if operation.method != "GET":
            raise ContractError(f"{place} is no GET: a list is something that one reads.")
        listing = found.get(label) or listing_at(operation, resolver)
        found[label] = _stated_list(listing, said if isinstance(said, Mapping) else {}, place, resolver)
    order = {operation.label: number for number, operation in enumerate(operations)}
    return tuple(sorted(found.values(), key=lambda listing: order[listing.label]))


def stated_resources(
    resources: Sequence[Resource],
    lists: Sequence[ListOperation],
    operations: Sequence[Operation],
    given: Mapping[str, Mapping[str, Any]],
    resolver: Resolver,
) -> tuple[Resource, ...]:
    """The resources with the roles that were given; a collection that the document has may be a new one."""
    if not given:
        return tuple(resources)
    named = Named(operations)
    found = {canonical(resource.collection): resource for resource in resources}
    listed = {listing.label: listing for listing in lists}
    paths = {canonical(path): path for path in _collections(operations)}
    for collection, said in given.items():
        place, key = f'resources."{collection}"', canonical(collection)
        if key not in found and key not in paths:
            raise unknown(place, collection, [*found, *paths], "no collection of the document")
        resource = found.get(key) or Resource(collection=collection)
        found[key] = _stated_resource(resource, said, place, named, listed, resolver)
    return tuple(found.values())


def _stated_list(
    listing: ListOperation, given: Mapping[str, Any], place: str, resolver: Resolver
) -> ListOperation:
    _check_keys(given, ("style", *_MOVING, "items", "total", "maximum"), place)
    known = query_fields(listing.operation, resolver)
    changes: dict[str, Any] = {}
    for key in _MOVING:
        if key in given and given[key] and given[key] not in known:
            raise unknown(f"{place}.{key}", str(given[key]), known, "no query parameter of that operation")
        if key in given:
            changes[key] = given[key] or None
    answer = listing.operation.success.schema if listing.operation.success else None
    for key in ("items", "total"):
        if key in given:
            changes[key] = _way(given[key], f"{place}.{key}", answer, resolver)
    if "maximum" in given:
        changes["size_maximum"] = given["maximum"]
    changed = replace(listing, **changes)
    style = _style(given, "list", _style_of(changed) if set(given) & set(_MOVING) else changed.style)
    return replace(changed, style=style, reason=f"{listing.reason}; {', '.join(given) or 'a list'}: {SAID}")


def _style_of(listing: ListOperation) -> str:
    """What the parameters of the list make of it."""
    by_name = {
        "page": listing.page,
        "offset": listing.offset,
        "cursor": listing.cursor,
        "limit": listing.size,
    }
    return next((style for style, parameter in by_name.items() if parameter), "none")


def _stated_resource(
    resource: Resource,
    given: Mapping[str, Any],
    place: str,
    named: Named,
    listed: Mapping[str, ListOperation],
    resolver: Resolver,
) -> Resource:
    _check_keys(given, (*_ROLES, "parameter", "identifier"), place)
    changes: dict[str, Any] = {}
    for role in _ROLES:
        if role not in given:
            continue
        labels = given[role] if isinstance(given[role], list | tuple) else [given[role]]
        stated = tuple(named.fitting(label, role, f"{place}.{role}") for label in labels if label)
        if role == "update":
            changes["updates"] = stated
        elif role == "list":
            changes["listing"] = _listing(stated[0], listed, resolver) if stated else None
        else:
            changes[role] = stated[0] if stated else None
    changed = replace(resource, **changes)
    shown = [one for one in (changed.read, *changed.updates, changed.delete) if one and one.path_parameters]
    if "parameter" in given:
        names = [name for one in shown for name in one.path_parameters]
        if given["parameter"] not in names:
            raise unknown(f"{place}.parameter", str(given["parameter"]), names, "no parameter of its paths")
        changed = replace(changed, parameter=given["parameter"])
    elif shown and changed.parameter is None:
        changed = replace(changed, parameter=shown[0].path_parameters[-1])
    if shown and changed.item is None:
        changed = replace(changed, item=shown[0].path)
    if "identifier" in given:
        changed = replace(changed, identifier=_identifier(changed, str(given["identifier"]), place, resolver))
    return replace(changed, reasons=(*changed.reasons, f"{', '.join(given)}: {SAID}"))


def _listing(operation: Operation, listed: Mapping[str, ListOperation], resolver: Resolver) -> ListOperation:
    return listed.get(operation.label) or listing_at(operation, resolver)


def _identifier(resource: Resource, dotted: str, place: str, resolver: Resolver) -> FieldPath:
    """The way to the identifier in what one of the operations answers, a list in its items."""
    answers: list[Schema | None] = [
        one.success.schema
        for one in (resource.create, resource.read, *resource.updates)
        if one and one.success
    ]
    listing = resource.listing
    if listing and listing.items is not None and listing.operation.success:
        answers.append(resolver.items(resolver.at(listing.operation.success.schema, listing.items)))
    complaint: ContractError | None = None
    for answer in answers:
        try:
            return _way(dotted, f"{place}.identifier", answer, resolver)
        except ContractError as wrong:
            complaint = complaint or wrong
    if complaint:
        raise complaint
    return tuple(dotted.split(".")) if dotted else ()


def _way(dotted: object, place: str, schema: Schema | None, resolver: Resolver) -> FieldPath:
    """A dotted way as a path; it must exist where the document describes the answer."""
    path = tuple(str(dotted).split(".")) if dotted else ()
    here: Schema = schema or {}
    for number, name in enumerate(path):
        properties = resolver.properties(here)
        if not properties:
            break
        if name not in properties:
            names = [".".join((*path[:number], one)) for one in properties]
            raise unknown(place, ".".join(path), names, "no field of what is answered")
        here = properties[name]
    return path


def _field(given: Mapping[str, str], key: str, known: Sequence[str]) -> FieldPath | None:
    if key not in given:
        return None
    if known and given[key] not in known:
        raise unknown(f"login.{key}", given[key], known, "no field that the login takes")
    return tuple(given[key].split("."))


def _style(given: Mapping[str, Any], kind: str, otherwise: str) -> str:
    style = str(given.get("style", otherwise))
    if style not in STYLES[kind]:
        raise unknown("style", style, STYLES[kind], f"no style of a {kind}")
    return style


def _collections(operations: Iterable[Operation]) -> Iterable[str]:
    """Every path of the document and what lies above it."""
    for operation in operations:
        parts = operation.path.rstrip("/").split("/")
        yield from ("/".join(parts[:count]) or "/" for count in range(1, len(parts) + 1))


def _check_keys(given: Mapping[str, Any], known: Sequence[str], place: str) -> None:
    for key in given:
        if key not in known:
            raise unknown(place, key, known, "no key of it")
