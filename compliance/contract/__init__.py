"""Understanding what a target says of itself: its OpenAPI document in, a `Contract` out.

Pure: no I/O, and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.contract.errors import ContractError
from compliance.contract.lists import lists_of
from compliance.contract.logins import logins_of
from compliance.contract.me import me_of
from compliance.contract.model import Contract, Operation
from compliance.contract.operations import operations_of
from compliance.contract.registrations import registrations_of
from compliance.contract.resolve import Resolver, mapping
from compliance.contract.resources import resources_of
from compliance.contract.roles import account_shapes
from compliance.contract.schemes import schemes_of

__all__ = ["Contract", "ContractError", "understand"]

_NEXT = "Give the address of the service's OpenAPI document, for FastAPI usually /openapi.json."


def understand(document: Mapping[str, Any], base_path: str = "") -> Contract:
    """Read an OpenAPI document: 3.0, 3.1, 3.2 or Swagger 2.0.

    base_path: what stands before each path of the document as seen from the root of the target;
    empty means what the document says itself (`basePath`, or a server given without a host).
    Raises ContractError where the document is none.
    """
    version = _version_of(document)
    resolver = Resolver(document)
    try:
        return _understand(document, version, resolver, base_path)
    except RecursionError:
        raise ContractError(f"The document is nested too deeply to be read. {_NEXT}") from None


def _understand(document: Mapping[str, Any], version: str, resolver: Resolver, base_path: str) -> Contract:
    described = operations_of(document, resolver, base_path)
    operations = tuple(operation for operation in described if not _answers_a_document(operation))
    lists = lists_of(operations, resolver)
    schemes = schemes_of(document, resolver)
    logins = logins_of(operations, document, schemes, resolver)
    login = logins[0] if logins else None
    registrations, admissions = registrations_of(operations, login, resolver)
    registration = registrations[0] if registrations else None
    shapes = account_shapes(login, (*registrations, *admissions), operations, resolver)
    me, me_reason = me_of(operations, shapes, resolver)
    info = mapping(document.get("info"))
    return Contract(
        title=str(info.get("title") or ""),
        version=str(info.get("version") or ""),
        openapi=version,
        document=document,
        operations=operations,
        lists=lists,
        resources=resources_of(operations, lists, login, registration, resolver),
        login=login,
        registration=registration,
        me=me,
        logins=logins,
        registrations=registrations,
        admissions=admissions,
        schemes=schemes,
        me_reason=me_reason,
    )


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
