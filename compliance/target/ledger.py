"""The ledger: every row that this run created, so that only those are ever changed, and all are deleted at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import quote

from compliance.catalogue import Untested
from compliance.contract.model import Operation, Resource
from compliance.contract.relations import places
from compliance.target.actors import Actor
from compliance.target.errors import TargetGone
from compliance.target.tape import Exchange
from compliance.target.wire import Request

#: Rows of one kind from which on several are under way at one time, and how many are asked for at once.
MANY, BATCH = 3, 20
#: How a row without a name is told.
_NAMELESS = "a row of "


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
        return _filled(self.resource.item, self.values) if self.resource.item else ""

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
        return self.path or who or f"{_NAMELESS}{self.resource.collection} whose id was not told"


def _counted(said: str, number: int) -> str:
    return (
        f"{number} rows of {said.removeprefix(_NAMELESS)}"
        if number > 1 and said.startswith(_NAMELESS)
        else said
    )


def _filled(path: str, values: Mapping[str, Any]) -> str:
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
            and not (other.deleted or other.gone or self._went_with_another(other))
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

    def clean(
        self,
        send: Callable[[Request], Exchange],
        become: Callable[[Actor], object],
        helpers: list[Actor],
        several: Callable[[Sequence[Request]], Sequence[Exchange | Untested]] | None = None,
    ) -> list[str]:
        """Delete all rows, newest first; `become` logs an actor in again. Returns what could not be deleted and why.

        several: sends what may arrive in any order, for rows of one kind; None where one is to follow another.
        """
        complaints: list[tuple[Row, str]] = []
        kept: set[int] = set()
        silent = 0  # rows in succession at which nobody answered: whoever is away need not be asked for all
        gone = ""
        for row in self._newest_first(several):
            if not self.is_ours(row):
                complaint = "left alone, because it is not clear that this run made it"
            elif row.account and id(row.owner) in kept:
                complaint = "kept, because it owns what could not be deleted"
            elif silent > 1:
                complaint = "" if row.deleted or row.gone or self._went_with_another(row) else gone
            else:
                try:
                    complaint, silent = self._discard(row, send, become, helpers), 0
                except TargetGone as failure:
                    gone, silent = str(failure), silent + 1
                    complaint = "" if row.deleted else gone
            if complaint:
                complaints.append((row, complaint))
                kept.add(id(row.owner))
        left = [
            f"{row.label}: {complaint}" for row, complaint in complaints if not self._went_with_another(row)
        ]
        self.rows.clear()
        # What has a name is one row, however often it was told; of what has none each is one of its own.
        return [_counted(said, number) for said, number in Counter(left).items()]

    def _newest_first(
        self, several: Callable[[Sequence[Request]], Sequence[Exchange | Untested]] | None
    ) -> Iterator[Row]:
        """All rows; of many in succession that are of one kind those that went at one time are gone already."""
        for _, alike in groupby(
            list(reversed(self.rows)), lambda row: (row.resource.collection, id(row.owner))
        ):
            rows = list(alike)
            if several is not None and len(rows) >= MANY:
                self._discard_many([row for row in rows if self.is_ours(row) and not row.account], several)
            yield from rows

    def _discard_many(
        self, rows: Sequence[Row], several: Callable[[Sequence[Request]], Sequence[Exchange | Untested]]
    ) -> None:
        """Delete rows as their owner, some at one time; what does not go so is left to the one by one."""
        requests = [
            (row, _deletion(row.deletion, path, row.owner))
            for row in rows
            if row.deletion is not None
            and not (row.deleted or row.gone or row.owner.auth)
            and (path := _filled(row.deletion.path, row.values))
        ]
        for start in range(0, len(requests), BATCH):
            batch = requests[start : start + BATCH]
            with suppress(TargetGone):  # the one by one is told so as well
                answers = several([request for _, request in batch])
                for (row, _), answer in zip(batch, answers, strict=True):
                    row.gone = isinstance(answer, Exchange) and answer.ok
                    row.in_doubt = row.in_doubt or (isinstance(answer, Exchange) and answer.status >= 500)

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
        except Untested as failure:
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
    if row.deletion is None and row.resource.delete is None:
        return "the document shows no operation that deletes it"
    oneself = row.account and row.deletion is not None and not row.deletion.path_parameters
    if row.deletion is None or not path or not (oneself or row.deletion.path_parameters):
        return "its id was not told"
    answer = "nobody could try"
    # What deletes whoever asks must never be asked for by anybody else: it would be the helper's own account.
    for actor in _whoever_may(row.owner, [] if oneself else helpers, become):
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
        absent = exchange.status in (404, 410)
        if absent and row.in_doubt and actor is row.owner:
            return ""  # the error came after the deletion
        answer = (
            "it is not found any more: it was moved, or somebody else deleted it"
            if absent
            else f"DELETE answered {exchange.status}"
        )
        if absent and not (row.account and actor is not row.owner):
            return answer  # an account may be hidden from everybody but its owner
    return answer


def _deletion(operation: Operation, path: str, actor: Actor) -> Request:
    return Request(
        "DELETE", path, headers=actor.headers, auth=actor.auth, actor=actor.name, operation=operation.label
    )


def _whoever_may(owner: Actor, helpers: list[Actor], become: Callable[[Actor], object]) -> Iterator[Actor]:
    """The owner; the helpers; the owner again after a login, which costs more than asking a helper."""
    if owner.has_credentials or owner.unasked:
        yield owner
    yield from helpers
    if not owner.has_credentials and owner.password:
        become(owner)
        yield owner
