"""Cleaning up: every row that this run created is deleted at the end, as far as the service lets us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby

from compliance.catalogue import Untested
from compliance.contract.model import Operation
from compliance.target.actors import Actor
from compliance.target.errors import TargetGone
from compliance.target.ledger import NAMELESS, Ledger, Row, filled
from compliance.target.tape import Exchange
from compliance.target.wire import Request

#: Rows of one kind from which on several are under way at one time, and how many are asked for at once.
MANY, BATCH = 3, 20

Several = Callable[[Sequence[Request]], Sequence[Exchange | Untested]]


@dataclass(frozen=True)
class Cleaner:
    """Deletes the rows of a ledger."""

    ledger: Ledger
    send: Callable[[Request], Exchange]
    #: logs an actor in again
    become: Callable[[Actor], object]
    #: who may try where an owner cannot
    helpers: list[Actor] = field(default_factory=list)
    #: sends what may arrive in any order, for rows of one kind; None where one is to follow another
    several: Several | None = None

    def clean(self) -> list[str]:
        """Delete all rows, newest first. Returns what could not be deleted and why."""
        ledger = self.ledger
        complaints: list[tuple[Row, str]] = []
        kept: set[int] = set()
        silent = 0  # rows in succession at which nobody answered: whoever is away need not be asked for all
        gone = ""
        for row in self._newest_first():
            if not ledger.is_ours(row):
                complaint = "left alone, because it is not clear that this run made it"
            elif row.account and id(row.owner) in kept:
                complaint = "kept, because it owns what could not be deleted"
            elif silent > 1:
                complaint = "" if row.deleted or row.gone or ledger.went_with_another(row) else gone
            else:
                try:
                    complaint, silent = self._discard(row), 0
                except TargetGone as failure:
                    gone, silent = str(failure), silent + 1
                    complaint = "" if row.deleted else gone
            if complaint:
                complaints.append((row, complaint))
                kept.add(id(row.owner))
        left = [f"{row.label}: {said}" for row, said in complaints if not ledger.went_with_another(row)]
        ledger.rows.clear()
        # What has a name is one row, however often it was told; of what has none each is one of its own.
        return [_counted(said, number) for said, number in Counter(left).items()]

    def _newest_first(self) -> Iterator[Row]:
        """All rows; of many in succession that are of one kind those that went at one time are gone already."""
        newest = list(reversed(self.ledger.rows))
        for _, alike in groupby(newest, lambda row: (row.resource.collection, id(row.owner))):
            rows = list(alike)
            if self.several is not None and len(rows) >= MANY:
                self._discard_many(rows, self.several)
            yield from rows

    def _discard_many(self, rows: Sequence[Row], several: Several) -> None:
        """Delete rows as their owner, some at one time; what does not go so is left to the one by one."""
        requests = [
            (row, _deletion(row.deletion, path, row.owner))
            for row in rows
            if row.deletion is not None
            and not (row.account or row.deleted or row.gone or row.owner.auth)
            and self.ledger.is_ours(row)
            and (path := filled(row.deletion.path, row.values))
        ]
        for start in range(0, len(requests), BATCH):
            batch = requests[start : start + BATCH]
            with suppress(TargetGone):  # the one by one is told so as well
                answers = several([request for _, request in batch])
                for (row, _), answer in zip(batch, answers, strict=True):
                    row.gone = isinstance(answer, Exchange) and answer.ok
                    row.in_doubt = row.in_doubt or (isinstance(answer, Exchange) and answer.status >= 500)

    def _discard(self, row: Row) -> str:
        if row.gone or self.ledger.went_with_another(row):
            return ""
        try:
            return self._delete(row)
        except Untested as failure:
            return "" if row.deleted else str(failure)

    def _delete(self, row: Row) -> str:
        """Delete one row as its owner, else as a helper; what went wrong in words, empty when it is gone."""
        path = filled(row.deletion.path, row.values) if row.deletion else ""
        if row.deletion is None and row.resource.delete is None:
            return "the document shows no operation that deletes it"
        oneself = row.account and row.deletion is not None and not row.deletion.path_parameters
        if row.deletion is None or not path or not (oneself or row.deletion.path_parameters):
            return "its id was not told"
        answer = "nobody could try"
        # What deletes whoever asks must never be asked for by anybody else: it would be the helper's own account.
        for actor in self._whoever_may(row.owner, [] if oneself else self.helpers):
            exchange = self.send(_deletion(row.deletion, path, actor))
            if exchange.status == 401 and actor.password and not row.deleted:
                with suppress(Untested):  # its token has expired meanwhile
                    self.become(actor)
                    exchange = self.send(_deletion(row.deletion, path, actor))
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

    def _whoever_may(self, owner: Actor, helpers: list[Actor]) -> Iterator[Actor]:
        """The owner; the helpers; the owner again after a login, which costs more than asking a helper."""
        if owner.has_credentials or owner.unasked:
            yield owner
        yield from helpers
        if not owner.has_credentials and owner.password:
            self.become(owner)
            yield owner


def _deletion(operation: Operation, path: str, actor: Actor) -> Request:
    return Request(
        "DELETE", path, headers=actor.headers, auth=actor.auth, actor=actor.name, operation=operation.label
    )


def _counted(said: str, number: int) -> str:
    if number > 1 and said.startswith(NAMELESS):
        return f"{number} rows of {said.removeprefix(NAMELESS)}"
    return said
