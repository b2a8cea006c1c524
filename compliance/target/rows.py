"""Rows of the run's own: made for a rule, below parents and beside rows that are made for them first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Need, Untested
from compliance.contract.model import Operation, Resource
from compliance.target.actors import Actor, sent_body
from compliance.target.births import answered, is_key, key_in
from compliance.target.creates import Creates
from compliance.target.doubts import make_sure
from compliance.target.ledger import Row
from compliance.target.listing import whole
from compliance.target.naming import look_for
from compliance.target.tape import Exchange

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: How deep parents may lie, and rows that rows refer to.
_DEPTH = 5


@dataclass(frozen=True, eq=False)
class Created:
    """A row made for a rule: who owns it, what was sent, the answer, and the values of its path."""

    row: Row
    sent: Any
    exchange: Exchange

    @property
    def owner(self) -> Actor:
        return self.row.owner

    @property
    def values(self) -> Mapping[str, Any]:
        return self.row.values

    @property
    def identifier(self) -> Any:
        return self.row.identifier


class Rows:
    """Makes rows for a target, and remembers what the service let nobody make."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.creates = Creates(target)
        self._samples: dict[tuple[str, str], Created] = {}
        #: why a resource could not be created in, so that nobody asks again
        self._closed: dict[str, str] = {}
        #: resources in which a row was made
        self._opened: set[str] = set()
        #: rows that only had to be there for a list to hold them
        self._spare: list[Created] = []
        #: whether a resource takes rows from whoever comes
        self._open: dict[str, bool] = {}
        #: resources whose rows were seen to come a moment after the answer
        self.late: set[str] = set()
        #: whether accounts are shown to the administrator alone
        self._administrated: dict[str, bool] = {}
        #: the collections in which a row is being made: what a row needs may need a row itself
        self._making: list[str] = []
        #: the actors whose "me" was read, to learn what it says of them
        self.asked: set[str] = set()
        #: rows of others that were found in lists, to refer to
        self._found: dict[tuple[str, str], Mapping[str, Any]] = {}

    def sample(self, resource: Resource, actor: Actor) -> Created:
        """A row to look at, made once for a resource and an actor; nothing may change it.

        Where nobody has an account, the generated traffic is alice's as well, and may have deleted it: then another is made.
        """
        key = (resource.collection, actor.name)
        if key not in self._samples or self._samples[key].row.deleted:
            self._samples[key] = self.create(resource, actor)
        return self._samples[key]

    def create(self, resource: Resource, actor: Actor, *, usable: bool = True) -> Created:
        """A new row of a resource, owned by the actor; an account owns itself, and logs in only if it is to be used.

        Raises Untested when the service does not let us.
        """
        target = self._target
        target.require(Need.WRITES)
        if resource.create is None:
            raise Untested(f"the document shows no operation that creates in {resource.collection}")
        if resource is not target.contract.accounts:
            return self.by_its_create(resource, actor, usable=usable)
        if not self._are_only_administrated(resource):
            return target.account("dave", usable=usable)
        registration = target.contract.registration
        if registration is None or resource.create is not registration.operation:
            return self.by_its_create(resource, actor, usable=usable)
        made = target.account("dave", usable=False)
        made.row.owner, made.row.account, made.row.deletion = target.admin, False, resource.delete
        return made

    def by_its_create(self, resource: Resource, actor: Actor, *, usable: bool = True) -> Created:
        """A new row made by the resource's own create, for accounts too: anyone may register elsewhere, and this be for others."""
        target = self._target
        if resource.create is None:
            raise Untested(f"the document shows no operation that creates in {resource.collection}")
        if resource.collection in self._closed:
            raise Untested(self._closed[resource.collection])
        exchange = self._granted(resource, resource.create, actor, usable)
        row = target.ledger.made_by(exchange)
        if row is not None and not row.path:
            look_for(target, row, exchange)
        if row is None or (not row.path and resource.item):
            raise Untested(
                f"{resource.create.label} answered {exchange.status} without telling an id, "
                "and no list shows one row with the text that was sent"
            )
        created = Created(row, sent_body(exchange), exchange)
        if not target.ledger.is_ours(row):
            make_sure(target, created)
        if not usable:
            self._spare.append(created)
        if usable and (exchange.status == 202 or resource.collection in self.late):
            self.arrived(created)
        return created

    def spare(self, exchange: Exchange) -> bool:
        """Whether an answer made a row; if so it only had to be made, and may go where room is needed."""
        row = self._target.ledger.made_by(exchange)
        if row is not None:
            self._spare.append(Created(row, sent_body(exchange), exchange))
        return row is not None

    def arrived(self, created: Created) -> Exchange | None:
        """The owner's first look at a row that is there, or the last at one that did not come; None where nothing reads it."""
        target, read = self._target, created.row.resource.read
        if read is None:
            return None
        try:
            values = target.path_values(read, created.owner, created)
        except Untested:  # nobody knows where it is
            return None
        first = target.call(read, created.owner, values)
        if first.status != 404:
            return first
        look = target.patience.until(_is_there, lambda: target.call(read, created.owner, values))
        if _is_there(look):
            self.late.add(created.row.resource.collection)
        return look

    def _are_only_administrated(self, accounts: Resource) -> bool:
        """Whether an account is shown to the administrator, and not to itself; tried once.

        Then what is done to accounts is his matter and not their owners', and a row to look at is his as well.
        """
        target = self._target
        if target.lacks(Need.ADMIN) or accounts.read is None or accounts.delete is None:
            return False
        if accounts.collection not in self._administrated:
            alice = target.alice
            try:
                values = target.path_values(accounts.read, alice)
            except Untested:
                return False
            refused = target.call(accounts.read, alice, values).status == 403
            self._administrated[accounts.collection] = (
                refused and target.call(accounts.read, target.admin, values).ok
            )
        return self._administrated[accounts.collection]

    def key_of(self, resource: Resource, actor: Actor, kind: str = "") -> Any:
        """A key of some row of a resource: of the actor's own, else of any that a list shows it. None where it has none.

        kind: the field that is wanted (`id`, `slug`), empty for what names the row in its path.
        Raises Untested where there is no row at all.
        """
        try:
            made = self.sample(resource, actor)
        except Untested as reason:
            return self._key_in(self._found_row(resource, actor, reason), resource, kind)
        return (self._key_in(answered(made.exchange), resource, kind) if kind else None) or made.identifier

    def belongs_to_nobody(self, resource: Resource) -> bool:
        """Whether anybody creates in a resource without credentials, so that what is in it has no owner; tried once."""
        target, create = self._target, resource.create
        if create is None or create.guarded or resource is target.contract.accounts:
            return False
        if resource.collection not in self._open:
            values = target.path_values(create, target.alice)
            exchange = target.call(create, target.anonymous, values, **target.body(create))
            self._open[resource.collection] = exchange.ok
        return self._open[resource.collection]

    def await_last(self) -> None:
        """Wait for the newest row of each resource that a service makes later: what is not there is not deleted."""
        newest = {row.resource.collection: row for row in self._target.ledger.rows if row.origin and row.path}
        for row in newest.values():
            if row.origin and not (row.deleted or row.gone) and row.origin.status == 202:
                self.arrived(Created(row, None, row.origin))

    @contextmanager
    def _making_one(self, resource: Resource) -> Iterator[None]:
        if resource.collection in self._making or len(self._making) >= _DEPTH:
            raise Untested(f"a row of {resource.collection} needs others of {', '.join(self._making)} first")
        self._making.append(resource.collection)
        try:
            yield
        finally:
            self._making.pop()

    def _granted(self, resource: Resource, create: Operation, actor: Actor, usable: bool) -> Exchange:
        """The answer that made a row, after room was made for it where it is to be used. Raises Untested where there is none."""
        with self._making_one(resource):
            exchange = self.creates.answer(create, actor)
            if not exchange.ok and usable and self.make_room(resource, actor):
                exchange = self.creates.answer(create, actor)
        if not exchange.ok:
            told = self._target.secrets.redact(exchange.text)[:200]
            refusal = f"{exchange} although the body follows the schema: {told}"
            if resource.collection not in self._opened:  # else it is full, or this one body was not liked
                self._closed[resource.collection] = refusal
            raise Untested(refusal)
        self._opened.add(resource.collection)
        return exchange

    def make_room(self, resource: Resource, actor: Actor) -> bool:
        """Delete what only had to be there: a service may grant everybody a few rows. Whether any went."""
        spare = [one for one in self._spare if one.row.resource is resource and one.owner is actor]
        self._spare = [one for one in self._spare if one not in spare]
        if resource.delete is None:
            return False
        ours = [one for one in spare if not one.row.deleted and self._target.ledger.is_ours(one.row)]
        went = [self._target.call_on(one, resource.delete).ok for one in ours]
        return any(went)

    def _found_row(self, resource: Resource, actor: Actor, reason: Untested) -> Mapping[str, Any]:
        """A row of anybody's that a list shows; only to be referred to, never to be changed."""
        place = (resource.collection, actor.name)
        if place not in self._found:
            with self._making_one(resource):
                items = self._shown(resource, actor)
            self._found[place] = next((item for item in items if isinstance(item, Mapping)), {})
        if not self._found[place]:
            raise Untested(f"no row of {resource.collection} is to be had: {reason}")
        return self._found[place]

    def _shown(self, resource: Resource, actor: Actor) -> list[Any]:
        """What a list shows the actor: nothing where it cannot be read, and then it is not worth asking for again."""
        if resource.listing is None:
            return []
        try:
            return whole(self._target, resource.listing, actor)[0]
        except Untested:
            if resource.listing.operation.path_parameters:  # what lies above may be there another time
                raise
            return []

    def _key_in(self, body: Any, resource: Resource, kind: str) -> Any:
        if kind and isinstance(body, Mapping) and is_key(body.get(kind)):
            return body[kind]
        return key_in(body, resource)


def _is_there(look: Exchange) -> bool:
    return look.status != 404
