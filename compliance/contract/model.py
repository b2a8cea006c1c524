"""What a target says of itself: operations, lists, resources and the roles that the document shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from compliance.contract.resolve import FieldPath as FieldPath
from compliance.contract.resolve import Resolver
from compliance.contract.resolve import Schema as Schema

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation; `location` is path, query, header or cookie.

    form: how an object is written in it, json (as one JSON text) or brackets (`filter[limit]=5`), empty as elsewhere.
    """

    name: str
    location: str
    required: bool
    schema: Schema
    form: str = ""


#: In the place of a media type: what is filled in stands in the query.
QUERY = "query"


@dataclass(frozen=True)
class Body:
    """A request body: media types in the document's order, the schema resolved one level (see `Resolver`)."""

    media_types: tuple[str, ...]
    schema: Schema
    required: bool
    #: what the document calls the schema, None where it is written in place
    name: str | None = None

    @property
    def is_json(self) -> bool:
        return any("json" in media_type for media_type in self.media_types)

    @property
    def is_query(self) -> bool:
        """Whether it is none, but stands in the query."""
        return self.media_types == (QUERY,)

    @property
    def json_type(self) -> str:
        """The media type under which the operation takes JSON: the usual one, else the first that the document names."""
        named = [kind for kind in self.media_types if "json" in kind and "*" not in kind]
        usual = [kind for kind in named if kind.partition(";")[0].strip().lower() == "application/json"]
        return (*usual, *named, "application/json")[0]


@dataclass(frozen=True)
class Response:
    """A documented answer: media types and the resolved schema, None where the document gives none."""

    media_types: tuple[str, ...]
    schema: Schema | None
    #: what the document calls the schema, None where it is written in place
    name: str | None = None
    description: str = ""


@dataclass(frozen=True)
class BodyField:
    """One field that a body takes; `type` as in JSON, empty where the document does not say.

    reasons: what the field is (required, unique, privileged, owner, secret) -> what speaks for it.
    """

    path: FieldPath
    type: str
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        return "required" in self.reasons

    @property
    def unique(self) -> bool:
        """Whether two rows can probably not have the same value."""
        return "unique" in self.reasons

    @property
    def privileged(self) -> bool:
        """Whether no ordinary client may set it."""
        return "privileged" in self.reasons

    @property
    def owner(self) -> bool:
        """Whether it says whose the row is."""
        return "owner" in self.reasons

    @property
    def secret(self) -> bool:
        """Whether nobody may read it back."""
        return "secret" in self.reasons


@dataclass(frozen=True, eq=False)
class Operation:
    """One method on one path. `path` is as requested from the root of the target, base path included."""

    method: str
    path: str
    operation_id: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[str, Response]
    #: True: credentials declared; False: declared public; None: nothing said, or credentials are optional
    guarded: bool | None
    #: the names of the security schemes that it mentions, see `Contract.schemes`
    schemes: tuple[str, ...] = ()
    #: it is guarded by the document's word for all operations, and says nothing itself
    inherits_guard: bool = False
    summary: str = ""

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """Names in the order of the path's braces."""
        return tuple(re.findall(r"{([^{}/]+)}", self.path))

    @property
    def filled_in(self) -> Body | None:
        """What a client fills in: the body; where there is none the query, as of `def register(name: str, password: str)`."""
        asked = [p for p in self.parameters if p.location == "query" and not p.form]
        if self.body is not None or not asked or self.method not in ("POST", "PUT", "PATCH"):
            return self.body
        required = [parameter.name for parameter in asked if parameter.required]
        properties = {parameter.name: parameter.schema for parameter in asked}
        return Body(
            (QUERY,), {"type": "object", "properties": properties, "required": required}, bool(required)
        )

    def query(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.location == "query" and p.name == name), None)

    @property
    def success(self) -> Response | None:
        """The first documented 2xx answer that has a schema, else None."""
        return next(
            (r for code, r in sorted(self.responses.items()) if code.startswith("2") and r.schema), None
        )


@dataclass(frozen=True, eq=False)
class ListOperation:
    """A GET that answers many; `style` is page, offset, cursor, limit (no way to move on) or none."""

    operation: Operation
    items: FieldPath | None
    style: str
    page: str | None = None
    size: str | None = None
    offset: str | None = None
    cursor: str | None = None
    total: FieldPath | None = None
    pages: FieldPath | None = None
    #: the field of the answer that leads to the next page: a link, a cursor or a token
    next: FieldPath | None = None
    size_maximum: int | None = None
    size_default: int | None = None
    reason: str = ""

    @property
    def label(self) -> str:
        return self.operation.label


@dataclass(frozen=True, eq=False)
class Resource:
    """A collection with its items, and the operations that play a role in their life."""

    collection: str
    item: str | None = None
    #: the path parameter that names the item
    parameter: str | None = None
    #: the field of a created object whose value fills that parameter
    identifier: FieldPath | None = None
    create: Operation | None = None
    listing: ListOperation | None = None
    read: Operation | None = None
    updates: tuple[Operation, ...] = ()
    delete: Operation | None = None
    #: the collection under whose items this one lies, None at the top
    parent: str | None = None
    reasons: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.collection


@dataclass(frozen=True, eq=False)
class Login:
    """How credentials become a token; `style` is form, json, query or basic (sent as HTTP Basic).

    token: the way to it in the answer, () where the whole answer is a text, None where the document shows none.
    """

    operation: Operation
    style: str
    identifier: FieldPath
    password: FieldPath
    token: FieldPath | None
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Registration:
    """How anyone gets an account; `identifier` is the field that login takes as the name."""

    operation: Operation
    identifier: FieldPath
    password: FieldPath
    reason: str = ""
    #: every field that login may take as the name, the likeliest first; `identifier` is the first of them
    identifiers: tuple[FieldPath, ...] = ()
    #: fields that want the password once more
    repetitions: tuple[FieldPath, ...] = ()


@dataclass(frozen=True)
class SecurityScheme:
    """One way of presenting credentials that the document declares.

    kind: apiKey, http, oauth2, openIdConnect or mutualTLS, as OpenAPI has them.
    location, parameter: where the credential stands (header, query, cookie) and what that header or cookie is called.
    scheme: the word before it (`bearer`, `basic`; of an apiKey in a header as its description has it, `Token` for instance),
    empty where none is known.
    """

    name: str
    kind: str
    location: str = ""
    parameter: str = ""
    scheme: str = ""
    description: str = ""


@dataclass(frozen=True, eq=False)
class Service:
    """The service as a whole, for rules that judge all of it."""

    label: str = "service"


@dataclass(frozen=True, eq=False)
class Contract:
    """The document, understood. `document` stays as it came, but for operations that a person left out."""

    title: str
    version: str
    openapi: str
    document: Mapping[str, Any]
    operations: tuple[Operation, ...]
    lists: tuple[ListOperation, ...] = ()
    resources: tuple[Resource, ...] = ()
    login: Login | None = None
    registration: Registration | None = None
    me: Operation | None = None
    service: Service = field(default_factory=Service)
    #: all that looks like a login, the likeliest first; `login` is the first of them
    logins: tuple[Login, ...] = ()
    #: all with which anyone seems to get an account, the likeliest first; `registration` is the first of them
    registrations: tuple[Registration, ...] = ()
    #: what makes accounts, too, but needs credentials: only who has an account already, an administrator mostly, may do it
    admissions: tuple[Registration, ...] = ()
    schemes: tuple[SecurityScheme, ...] = ()
    me_reason: str = ""

    @cached_property
    def resolver(self) -> Resolver:
        """Reads the schemas of this document, which are resolved one level."""
        return Resolver(self.document)

    @cached_property
    def accounts(self) -> Resource | None:
        """The resource whose rows are what registration makes: created by it, answered alike, or lying above it."""
        if self.registration is None:
            return None
        made = self.registration.operation
        shapes = {r.success.name for r in (made, self.me) if r and r.success and r.success.name}
        alike = [r for r in self.resources if r.read and r.read.success and r.read.success.name in shapes]
        above = [r for r in self.resources if r.item and made.path.startswith(f"{r.collection}/")]
        return next(iter([*(r for r in self.resources if r.create is made), *alike, *above]), None)

    def resource_of(self, operation: Operation) -> Resource | None:
        """The resource in whose life the operation plays a role."""
        for resource in self.resources:
            roles = (resource.create, resource.read, resource.delete, *resource.updates)
            if operation in roles or (resource.listing and resource.listing.operation is operation):
                return resource
        return None
