"""The ledger: every row that this run created, so that only those are ever changed, and all are deleted at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from compliance.catalogue import Untested
from compliance.contract.model import Contract, Operation, Resource
from compliance.target.actors import Actor, registered, sent_body
from compliance.target.client import Request
from compliance.target.errors import TargetGone
from compliance.target.tape import Exchange


def fill(path: str, values: Mapping[str, Any]) -> str:
    """The path with its parameters replaced. Raises Untested when a value is missing."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    if "{" in path:
        raise Untested(f"no value is known for a parameter of {path}")
    return path


@dataclass(eq=False)
class Row:
    """One created object: `values` fill the parameters of its item path, `owner` created it."""

    resource: Resource
    values: Mapping[str, Any]
    owner: Actor
    #: the exchange that created it
    origin: Exchange | None = None
    #: its place in the ledger, from 1
    number: int = 0
    #: the operation that deletes it, None where the document shows none
    deletion: Operation | None = None
    #: it is the account of its owner
    account: bool = False
    #: a DELETE of it succeeded; what became of it is another question
    deleted: bool = False
    #: a rule deleted it and saw that it was gone
    gone: bool = False

    @property
    def path(self) -> str:
        """Its own path, empty where the row cannot be addressed."""
        return _filled(self.resource.item, self.values) if self.resource.item else ""

    @property
    def label(self) -> str:
        who = f"the account {self.owner.username}" if self.account else ""
        return self.path or who or f"a row of {self.resource.collection} whose id was not told"


def _filled(path: str, values: Mapping[str, Any]) -> str:
    try:
        return fill(path, values)
    except Untested:
        return ""


@dataclass
class Ledger:
    """Rows in the order of their creation."""

    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        row.number = len(self.rows)

    def made_by(self, exchange: Exchange) -> Row | None:
        """The row that an exchange created."""
        return next((row for row in reversed(self.rows) if row.origin is exchange), None)

    def mark_deleted(self, path: str, oneself: str = "") -> None:
        """Remember that a DELETE of that path succeeded: of the row there, or of the account of the actor named."""
        for row in self.rows:
            itself = row.account and row.owner.name == oneself
            row.deleted = row.deleted or itself or (path != "" and path == row.path)

    def clean(
        self, send: Callable[[Request], Exchange], become: Callable[[Actor], object], helpers: list[Actor]
    ) -> list[str]:
        """Delete all rows, newest first; `become` logs an actor in again. Returns what could not be deleted and why."""
        complaints: list[tuple[Row, str]] = []
        kept: set[int] = set()
        for row in reversed(self.rows):
            if row.account and id(row.owner) in kept:
                complaint = "kept, because it owns what could not be deleted"
            else:
                complaint = self._discard(row, send, become, helpers)
            if complaint:
                complaints.append((row, complaint))
                kept.add(id(row.owner))
        left = [
            f"{row.label}: {complaint}" for row, complaint in complaints if not self._went_with_another(row)
        ]
        self.rows.clear()
        return left

    def _discard(
        self,
        row: Row,
        send: Callable[[Request], Exchange],
        become: Callable[[Actor], object],
        helpers: list[Actor],
    ) -> str:
        if row.gone or self._went_with_another(row):
            return ""
        try:
            return _delete(row, send, become, helpers)
        except (Untested, TargetGone) as failure:
            return "" if row.deleted else str(failure)

    def _went_with_another(self, row: Row) -> bool:
        """Whether the row lay below one that was deleted, or belonged to an account that was."""
        lost = [other for other in self.rows if (other.deleted or other.gone) and other is not row]
        below = any(other.path and row.path.startswith(f"{other.path}/") for other in lost)
        return below or any(other.account and other.owner is row.owner for other in lost)


def _delete(
    row: Row,
    send: Callable[[Request], Exchange],
    become: Callable[[Actor], object],
    helpers: list[Actor],
) -> str:
    """Delete one row as its owner, else as a helper; what went wrong in words, empty when it is gone."""
    path = _filled(row.deletion.path, row.values) if row.deletion else ""
    if row.deletion is None:
        return "the document shows no operation that deletes it"
    if not path:
        return "its id was not told"
    answer = "nobody could try"
    for actor in _whoever_may(row.owner, helpers, become):
        exchange = send(_deletion(row.deletion, path, actor))
        if exchange.status == 401 and actor.password and not row.deleted:
            with suppress(Untested):  # its token has expired meanwhile
                become(actor)
                exchange = send(_deletion(row.deletion, path, actor))
        if exchange.ok:
            row.deleted = True
            return ""
        if row.deleted and exchange.status in (401, 403, 404, 410):
            return ""  # deleted before; or an account whose token died with it
        if exchange.status in (404, 410):
            return "it is not found any more: it was moved, or somebody else deleted it"
        answer = f"DELETE answered {exchange.status}"
    return answer


def _deletion(operation: Operation, path: str, actor: Actor) -> Request:
    return Request(
        "DELETE", path, headers=actor.headers, auth=actor.auth, actor=actor.name, operation=operation.label
    )


def _whoever_may(owner: Actor, helpers: list[Actor], become: Callable[[Actor], object]) -> Iterator[Actor]:
    """The owner; the helpers; the owner again after a login, which costs more than asking a helper."""
    if owner.has_credentials:
        yield owner
    yield from helpers
    if not owner.has_credentials and owner.password:
        become(owner)
        yield owner


def row_of(contract: Contract, exchange: Exchange, owner: Actor) -> Row | None:
    """The row that an answered create or registration made, None when the exchange created nothing."""
    if not exchange.ok:
        return None
    registration = contract.registration
    if registration and exchange.operation == registration.operation.label:
        return _account_row(contract, exchange, registered(registration, exchange))
    resource = next(
        (r for r in contract.resources if r.create and r.create.label == exchange.operation), None
    )
    if resource is None or resource.create is None:
        return None
    values = _path_values(resource.create.path, exchange.url)
    identifier = created_id(resource, exchange)
    if resource.parameter and identifier is not None:
        values[resource.parameter] = identifier
    return Row(resource, values, owner, exchange, deletion=resource.delete)


def _account_row(contract: Contract, exchange: Exchange, owner: Actor) -> Row:
    """The row of a new account; it deletes itself where nothing else does."""
    resource = contract.accounts or Resource(collection=exchange.operation.partition(" ")[2])
    identifier = created_id(resource, exchange) if resource.parameter else None
    values = {resource.parameter: identifier} if resource.parameter and identifier is not None else {}
    itself = contract.me.path if contract.me else ""
    own = next((o for o in contract.operations if o.method == "DELETE" and itself and o.path == itself), None)
    return Row(
        resource, values, owner, exchange, deletion=(resource.delete if values else None) or own, account=True
    )


def created_id(resource: Resource, exchange: Exchange) -> Any:
    """The id of a created object: from its body, its Location, or from what was sent where the client chooses it."""
    path = ("id",) if resource.identifier is None else resource.identifier
    try:
        value = exchange.field(path)
    except Untested:
        value = None
    if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
        return value
    location = exchange.header("location")
    if location:
        return location.rstrip("/").rpartition("/")[2]
    sent = sent_body(exchange)
    names = [resource.parameter, *path[-1:]]
    return next((sent[name] for name in names if isinstance(sent, Mapping) and name in sent), None)


def _path_values(path: str, url: str) -> dict[str, Any]:
    """The values that a URL has for the parameters of a path: the parents of a nested row."""
    names = path.split("/")
    parts = unquote(urlsplit(url).path).split("/")[-len(names) :]
    return {
        n[1:-1]: part for n, part in zip(names, parts, strict=False) if n.startswith("{") and n.endswith("}")
    }
