"""Understanding what a target says of itself: its OpenAPI document in, a `Contract` out.

Pure: no I/O, and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.contract.errors import ContractError
from compliance.contract.lists import lists_of
from compliance.contract.logins import login_at, logins_of
from compliance.contract.me import me_of
from compliance.contract.model import Contract, Login, Operation, Registration
from compliance.contract.narrowing import left_of, narrowed
from compliance.contract.operations import operations_of
from compliance.contract.overrides import Overrides
from compliance.contract.overriding import (
    SAID,
    Named,
    stated_lists,
    stated_login,
    stated_resources,
)
from compliance.contract.registrations import registration_at, registrations_of
from compliance.contract.resolve import Resolver, mapping
from compliance.contract.resources import resources_of
from compliance.contract.roles import account_shapes
from compliance.contract.schemes import schemes_of
from compliance.contract.servers import base_path_of, clean

__all__ = ["Contract", "ContractError", "understand"]

_NEXT = "Give the address of the service's OpenAPI document, for FastAPI usually /openapi.json."


def understand(
    document: Mapping[str, Any], base_path: str = "", overrides: Overrides | None = None
) -> Contract:
    """Read an OpenAPI document: 3.0, 3.1, 3.2 or Swagger 2.0.

    base_path: what stands before each path of the document as seen from the root of the target;
    empty means what the document says itself (`basePath`, or a server given without a host).
    overrides: what a person says; it wins over what is inferred.
    Raises ContractError where the document is none, or where the overrides name something that it does not have.
    """
    version = _version_of(document)
    try:
        return _Reading(document, base_path, overrides or Overrides()).contract(version)
    except RecursionError:
        raise ContractError(f"The document is nested too deeply to be read. {_NEXT}") from None


class _Reading:
    """From the document to the contract: each step infers, then hears what was stated."""

    def __init__(self, document: Mapping[str, Any], base_path: str, overrides: Overrides) -> None:
        self._document = document
        self._said = overrides
        self._resolver = Resolver(document)
        described = operations_of(document, self._resolver, base_path)
        own = [operation for operation in described if not _answers_a_document(operation)]
        self._operations = narrowed(own, overrides)
        if len(self._operations) < len(described):
            base = clean(base_path) or base_path_of(document)
            self._document = left_of(document, self._operations, base, self._resolver)
        self._named = Named(self._operations)
        self._schemes = schemes_of(document, self._resolver)
        unknown = [role for role in overrides.roles if role not in ("login", "registration", "me")]
        if unknown:
            raise ContractError(f"roles.{unknown[0]} is no role; there are login, registration and me.")

    def contract(self, version: str) -> Contract:
        operations, resolver = self._operations, self._resolver
        lists = stated_lists(lists_of(operations, resolver), operations, self._said.lists, resolver)
        logins = self._logins()
        login = logins[0] if logins else None
        registrations, admissions = self._registrations(login)
        registration = registrations[0] if registrations else None
        me, me_reason = self._me(
            login, account_shapes(login, (*registrations, *admissions), operations, resolver)
        )
        resources = resources_of(operations, lists, login, registration, resolver)
        info = mapping(self._document.get("info"))
        return Contract(
            title=str(info.get("title") or ""),
            version=str(info.get("version") or ""),
            openapi=version,
            document=self._document,
            operations=operations,
            lists=lists,
            resources=stated_resources(resources, lists, operations, self._said.resources, resolver),
            login=login,
            registration=registration,
            me=me,
            logins=logins,
            registrations=registrations,
            admissions=admissions,
            schemes=self._schemes,
            me_reason=me_reason,
        )

    def _logins(self) -> tuple[Login, ...]:
        found = logins_of(self._operations, self._document, self._schemes, self._resolver)
        if self._said.roles.get("login") == "":
            return ()
        stated = self._stated("login")
        if stated is not None:
            same = next((one for one in found if one.operation is stated), None)
            given = (stated, self._operations, self._document, self._schemes, self._resolver)
            found = (same or login_at(*given), *(one for one in found if one.operation is not stated))
        first = stated_login(found[0] if found else None, self._said.login, self._resolver)
        return (first, *found[1:]) if first else ()

    def _registrations(
        self, login: Login | None
    ) -> tuple[tuple[Registration, ...], tuple[Registration, ...]]:
        anyone, admissions = registrations_of(self._operations, login, self._resolver)
        if self._said.roles.get("registration") == "":
            return (), admissions
        stated = self._stated("registration")
        if stated is None:
            return anyone, admissions
        first = registration_at(stated, login, self._resolver)
        if first is None:
            raise ContractError(
                f"roles.registration: {stated.label!r} shows no field for a password and none for the name of an account."
            )
        left = [tuple(one for one in group if one.operation is not stated) for group in (anyone, admissions)]
        return (first, *left[0]), left[1]

    def _me(self, login: Login | None, shapes: frozenset[str]) -> tuple[Operation | None, str]:
        if self._said.roles.get("me") == "":
            return None, ""
        found, reason = me_of(self._operations, login, shapes, self._resolver)
        stated = self._stated("me")
        if stated is None or stated is found:
            return found, reason
        return stated, f"{stated.label}: {SAID}"

    def _stated(self, role: str) -> Operation | None:
        label = self._said.roles.get(role)
        return self._named.fitting(label, role, f"roles.{role}") if label else None


def _answers_a_document(operation: Operation) -> bool:
    """Whether the operation serves an OpenAPI document, this one as a rule: that is no part of the service."""
    kinds = [kind for response in operation.responses.values() for kind in response.media_types]
    return any("openapi" in kind for kind in kinds)


def _version_of(document: object) -> str:
    """The version of the OpenAPI specification that the document follows."""
    if not isinstance(document, Mapping):
        raise ContractError(f"The document is {_a(document)}, not an object. {_NEXT}")
    version = document.get("openapi", document.get("swagger"))
    if version is None:
        keys = ", ".join(repr(str(key)) for key in list(document)[:5]) or "nothing"
        raise ContractError(
            f"The document has neither 'openapi' nor 'swagger'; it begins with {keys}. {_NEXT}"
        )
    supported = ("3.0", "3.1", "3.2") if "openapi" in document else ("2.0",)
    if not str(version).startswith(supported):
        raise ContractError(
            f"The document follows OpenAPI {version}; this reads 3.0, 3.1, 3.2 and Swagger 2.0."
        )
    if not isinstance(document.get("paths"), Mapping):
        found = _a(document["paths"]) if "paths" in document else "missing"
        raise ContractError(f"The document's 'paths' is {found}, not an object. {_NEXT}")
    wrong = [str(path) for path, item in document["paths"].items() if not isinstance(item, Mapping)]
    if wrong:
        raise ContractError(
            f"The path {wrong[0]!r} of the document is {_a(document['paths'][wrong[0]])}, not an object."
        )
    return str(version)


def _a(value: object) -> str:
    names = {str: "a text", list: "an array", bool: "a truth value", int: "a number", float: "a number"}
    return "null" if value is None else names.get(type(value), f"a {type(value).__name__}")
