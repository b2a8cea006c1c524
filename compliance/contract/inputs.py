"""What a body takes: which of its fields are required, unique, privileged, secret or say who owns the row, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.contract.fields import body_fields, is_password, is_password_again, is_privileged, is_secret
from compliance.contract.model import BodyField, FieldPath, Operation, Schema
from compliance.contract.paths import normal, vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.contract.resolve import Resolver

#: Names of what mostly exists once among all rows.
_UNIQUE = vocabulary(
    "email emailaddress mail username login loginname handle slug sku isbn iban vin nickname phone phonenumber mobile "
    "cpf cnpj taxid nationalid licenseplate barcode serialnumber externalid"
)
_OWNER = vocabulary(
    "owner ownerid user userid author authorid creator creatorid createdby account accountid tenant tenantid customer "
    "customerid organization organizationid orgid"
)
_SENSITIVE = vocabulary(
    "token secret apikey accesstoken refreshtoken ssn socialsecuritynumber cvv cvc pin creditcard creditcardnumber "
    "cardnumber accountnumber"
)
#: What a document calls the refusal of a second row of the same name.
_TAKEN = frozenset({"exists", "exist", "taken", "duplicate", "duplicated", "already", "unique", "conflict"})


def inputs_of(
    operation: Operation, resolver: Resolver, identifier: str | None = None
) -> tuple[BodyField, ...]:
    """The fields of the body of a create, an update or a registration; empty where there is none.

    identifier: the field by which paths name such a row, if any: two rows of one name could not both be found.
    """
    if operation.body is None:
        return ()
    required = set(_required(operation.body.schema, resolver))
    conflict = _words_of_conflict(operation)
    found = []
    for path, schema in body_fields(resolver, operation.body):
        kind = resolver.type_of(schema) or ""
        reasons = dict(_reasons(path, schema, kind, conflict, identifier))
        if path in required:
            reasons = {"required": "the schema requires it", **reasons}
        found.append(BodyField(path, kind, reasons))
    return tuple(found)


def _required(schema: Schema, resolver: Resolver) -> Iterable[FieldPath]:
    """What must be sent: a field of an inner object only where that object must be sent, too."""
    properties = resolver.properties(schema)
    for name in resolver.required(schema):
        yield (name,)
        yield from ((name, inner) for inner in resolver.required(properties.get(name, {})))


def _reasons(
    path: FieldPath, schema: Schema, kind: str, conflict: frozenset[str], identifier: str | None
) -> Iterable[tuple[str, str]]:
    """The properties of one field, each with what speaks for it."""
    name = path[-1]
    if kind not in ("object", "array", "boolean") and (
        why := _why_unique(name, schema, conflict, identifier)
    ):
        yield "unique", why
    if kind not in ("object", "array") and normal(name) in _OWNER:
        yield "owner", f"{name!r} says whose the row is"
    if is_privileged(name):
        yield "privileged", f"{name!r} is for the service or an administrator to decide"
    if kind == "boolean":
        return
    if is_secret(name) or is_password(name) or is_password_again(name) or normal(name) in _SENSITIVE:
        yield "secret", f"{name!r} is called as secrets are"
    elif schema.get("format") == "password":
        yield "secret", "its format is password"


def _why_unique(name: str, schema: Schema, conflict: frozenset[str], identifier: str | None) -> str:
    if set(words(name)) and set(words(name)) <= conflict:
        return f"the documented 409 speaks of {name!r}"
    if "unique" in words(str(schema.get("description") or "")):
        return "its description says so"
    if identifier and normal(name) == normal(identifier) and normal(name) != "id":
        return f"paths name the row by {identifier!r}"
    if normal(name) in _UNIQUE or schema.get("format") == "email":
        return f"{name!r} mostly exists once"
    return ""


def _words_of_conflict(operation: Operation) -> frozenset[str]:
    """The words of a documented 409 that speaks of something that exists already."""
    conflict = operation.responses.get("409")
    spoken = frozenset(words(conflict.description)) if conflict else frozenset[str]()
    return spoken if spoken & _TAKEN else frozenset()
