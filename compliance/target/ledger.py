"""The ledger: every row that this run created, so that only those are ever changed, and all are deleted at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from compliance.catalogue import Untested
from compliance.contract.model import Contract, Operation, Resource
from compliance.target.actors import Actor
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
    #: a DELETE of it succeeded; what became of it is another question
    deleted: bool = False
    #: a rule deleted it and saw that it was gone
    gone: bool = False

    @property
    def path(self) -> str:
        return fill(self.resource.item or self.resource.collection, self.values)

    @property
    def label(self) -> str:
        if not self.values:
            return f"a row of {self.resource.collection} whose id was not told"
        return self.path


@dataclass
class Ledger:
    """Rows in the order of their creation."""

    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        self.rows.append(row)

    def made_by(self, exchange: Exchange) -> Row | None:
        """The row that an exchange created."""
        return next((row for row in reversed(self.rows) if row.origin is exchange), None)

    def mark_deleted(self, path: str) -> None:
        """Remember that a DELETE of that path succeeded."""
        for row in self.rows:
            row.deleted = row.deleted or (bool(row.values) and row.path == path)

    def clean(
        self, send: Callable[[Request], Exchange], become: Callable[[Actor], None], helpers: list[Actor]
    ) -> list[str]:
        """Delete all rows, newest first; `become` logs an actor in again. Returns what could not be deleted and why."""
        leftovers = []
        for row in reversed(self.rows):
            try:
                complaint = "" if row.gone else _delete(row, send, become, helpers)
            except (Untested, TargetGone) as failure:
                complaint = str(failure)
            if complaint:
                leftovers.append(f"{row.label}: {complaint}")
        self.rows.clear()
        return leftovers


def _delete(
    row: Row, send: Callable[[Request], Exchange], become: Callable[[Actor], None], helpers: list[Actor]
) -> str:
    operation = row.resource.delete
    if operation is None:
        return "the document shows no operation that deletes it"
    if not row.values:
        return "its id was not told"
    if not row.owner.token and row.owner.password:
        become(row.owner)
    answer = "nobody could try"
    for actor in [row.owner, *helpers]:
        exchange = send(_delete_request(operation, row, actor))
        if exchange.ok or exchange.status in (404, 410):
            return ""
        if row.deleted and exchange.status in (401, 403):
            return ""  # an account whose token died with it
        answer = f"DELETE answered {exchange.status}"
    return answer


def _delete_request(operation: Operation, row: Row, actor: Actor) -> Request:
    path = fill(operation.path, row.values)
    return Request("DELETE", path, headers=actor.headers, actor=actor.name, operation=operation.label)


def row_of(contract: Contract, exchange: Exchange, owner: Actor) -> Row | None:
    """The row that an answered create made, None when the exchange created nothing."""
    resource = next(
        (r for r in contract.resources if r.create and r.create.label == exchange.operation), None
    )
    if resource is None or not exchange.ok:
        return None
    identifier = created_id(resource, exchange)
    values = {resource.parameter: identifier} if resource.parameter and identifier is not None else {}
    return Row(resource, values, owner, exchange)


def created_id(resource: Resource, exchange: Exchange) -> Any:
    """The id of a created object from its body, else from Location; None when the answer tells none."""
    try:
        return exchange.field(resource.identifier or ("id",))
    except Untested:
        location = exchange.header("location")
        return location.rstrip("/").rpartition("/")[2] if location else None
