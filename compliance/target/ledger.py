"""The ledger: every row that this run created, so that only those are ever changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from compliance.catalogue import Untested
from compliance.contract.model import Operation, Resource
from compliance.contract.relations import places
from compliance.target.actors import Actor
from compliance.target.tape import Exchange

#: How a row without a name is told.
NAMELESS = "a row of "
#: How much of a name is told: some texts that services are tried with are longer than any screen.
LONGEST = 200


def fill(path: str, values: Mapping[str, Any]) -> str:
    """The path with its parameters replaced. Raises Untested when a value is missing."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    if "{" in path:
        raise Untested(f"no value is known for a parameter of {path}")
    return path


@dataclass(eq=False)
class Row:
    """One created object: `values` fill the paths of its item and of its creation, `owner` created it."""

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
    #: it surely was not there before: it is an account of a new name, or shows a text that only this run sends
    evident: bool = True
    #: the texts of this run that it was seen to show
    marks: set[str] = field(default_factory=set)
    #: a DELETE of it succeeded; what became of it is another question
    deleted: bool = False
    #: a DELETE of it ended in a server error, so that nobody knows whether it is there
    in_doubt: bool = False
    #: a rule deleted it and saw that it was gone
    gone: bool = False
    #: what named it in the beginning; an update may name it anew
    first_identifier: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.first_identifier = self.identifier

    @property
    def path(self) -> str:
        """Its own path, empty where the row cannot be addressed."""
        return filled(self.resource.item, self.values) if self.resource.item else ""

    @property
    def identifier(self) -> Any:
        """What names it among its kind, None where that was not told."""
        return self.values.get(self.resource.parameter or "")

    @property
    def places(self) -> dict[str, Any]:
        """Its values, by where they stand in a path: the canonical path that ends with each."""
        paths = [path for path in (self.resource.item, self._made_at) if path]
        return {
            place.above: self.values[place.name]
            for path in paths
            for place in places(path)
            if place.name in self.values
        }

    @property
    def _made_at(self) -> str:
        return self.resource.create.path if self.resource.create else ""

    @property
    def label(self) -> str:
        who = f"the account {self.owner.username}" if self.account else ""
        return shorten(self.path or who or f"{NAMELESS}{self.resource.collection} whose id was not told")


def shorten(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}… ({len(name):,} characters)"


def filled(path: str, values: Mapping[str, Any]) -> str:
    """The path with its parameters replaced, empty when a value is missing."""
    try:
        return fill(path, values)
    except Untested:
        return ""


@dataclass
class Ledger:
    """Rows in the order of their creation."""

    rows: list[Row] = field(default_factory=list)
    #: collections whose create refused to do the same once more, which whatever only finds a row would not
    minding: set[str] = field(default_factory=set)
    #: collections whose create was asked for the same twice and told of two rows
    _makers: set[str] = field(default_factory=set)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        row.number = len(self.rows)

    def made_by(self, exchange: Exchange) -> Row | None:
        """The row that an exchange created."""
        return next((row for row in reversed(self.rows) if row.origin is exchange), None)

    def is_ours(self, row: Row) -> bool:
        """Whether this run surely made a row, so that it may be changed and deleted.

        Two creates that told of one row may both have found it. Else it must show what only this run sends, lie below
        a row of the run, or come from a create that was seen to make another row each time.
        """
        if row.deleted or row.gone or row.origin is None:
            return True
        if self._was_told_twice(row):
            return False
        return row.evident or self._lies_below_ours(row) or self.makes_rows(row.resource)

    def doubt_of(self, row: Row) -> str:
        """Why a row may not be this run's, in words."""
        create = row.origin.operation if row.origin else "what made it"
        if self._was_told_twice(row):
            return f"{create} gave the same id twice and shows nothing of what was sent: it may not create"
        return f"{create} shows nothing of what was sent, nor another id the second time: it may not create"

    def owns(self, resource: Resource, key: Any) -> bool:
        """Whether a key is that of a row of this run's."""
        return any(
            row.resource is resource and str(row.identifier) == str(key) and self.is_ours(row)
            for row in self.rows
        )

    def makes_rows(self, resource: Resource) -> bool:
        """Whether a create was seen to make a row each time: asked for the same twice, it told of two, or refused."""
        if resource.collection in self.minding | self._makers:
            return True
        told: dict[tuple[str, str, bytes], set[str]] = {}
        for row in self.rows:
            if row.resource is resource and row.origin is not None and row.path:
                asked = (row.origin.actor, row.origin.url, row.origin.request_body)
                told.setdefault(asked, set()).add(row.path)
        if any(len(paths) > 1 for paths in told.values()):
            self._makers.add(resource.collection)
        return resource.collection in self._makers

    def _was_told_twice(self, row: Row) -> bool:
        """Whether another create told of the same row, while it was there, and not for the same text of the run's."""
        others = (other for other in self.rows if other is not row and other.resource is row.resource)
        return row.path != "" and any(
            other.path == row.path
            and not (other.deleted or other.gone or self.went_with_another(other))
            and not other.marks & row.marks
            for other in others
        )

    def _lies_below_ours(self, row: Row) -> bool:
        above = (other for other in self.rows if other.path and row.path.startswith(f"{other.path}/"))
        return any(self.is_ours(other) for other in above)

    def name_account(self, resource: Resource, owner: Actor, key: Any) -> None:
        """Give the account of an actor, whose registration told no id, the one that is surely its own."""
        for row in self.rows:
            if row.account and row.owner is owner and row.resource is resource and not row.path:
                row.values, row.deletion = {resource.parameter or "": key}, resource.delete

    def mark_deleted(self, path: str, oneself: str = "") -> None:
        """Remember that a DELETE of that path succeeded: of the row there, or of the account of the actor named."""
        for row in self.rows:
            itself = row.account and row.owner.name == oneself
            row.deleted = row.deleted or itself or (path != "" and path == row.path)

    def doubt(self, path: str) -> None:
        """Remember that a DELETE of that path ended in a server error."""
        for row in self.rows:
            row.in_doubt = row.in_doubt or (path != "" and path == row.path)

    def went_with_another(self, row: Row) -> bool:
        """Whether the row lay below one that was deleted, or belonged to an account that was."""
        lost = [other for other in self.rows if (other.deleted or other.gone) and other is not row]
        below = any(other.path and row.path.startswith(f"{other.path}/") for other in lost)
        return below or any(other.account and other.owner is row.owner for other in lost)
