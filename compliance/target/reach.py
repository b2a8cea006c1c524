"""The target as a rule sees it: send, call an operation, be somebody, make a row. Everything is recorded."""

from __future__ import annotations

import secrets as randomness
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from compliance.catalogue import Need, Untested
from compliance.contract.fields import password_field, passwords_again
from compliance.contract.model import Contract, FieldPath, Operation, Resource
from compliance.target.actors import ANONYMOUS, Actor, sent_body
from compliance.target.client import Client, Request
from compliance.target.credentials import Credentials, Presentation
from compliance.target.entering import Doorman
from compliance.target.guards import Guards
from compliance.target.hooks import Hooks
from compliance.target.ledger import Ledger, Row, fill, row_of
from compliance.target.payload import payload
from compliance.target.properties import forall
from compliance.target.proving import prove
from compliance.target.registering import Registrar
from compliance.target.renewing import renewed
from compliance.target.secrets import Secrets
from compliance.target.tape import Exchange, Tape
from compliance.target.tokens import says_no

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from compliance.traffic import Traffic


@dataclass(frozen=True)
class Grants:
    """What the person allowed and gave."""

    writes: bool = False
    destructive: bool = False
    #: the most items that a page may hold
    page_size_maximum: int = 100
    signing_key: str = field(default="", repr=False)
    credentials: Mapping[str, Credentials] = field(default_factory=dict, repr=False)
    #: how whoever logs in presents the token; None leaves it to the document and to trying
    presentation: Presentation | None = None


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


class Target:
    """The service under test. Rules ask it for everything and open nothing themselves."""

    def __init__(
        self,
        contract: Contract,
        client: Client,
        grants: Grants,
        *,
        engine: Callable[[Target], Traffic] | None = None,
        seed: int = 0,
        examples: int = 5,
        hooks: Hooks | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.contract = contract
        self.client = client
        self.grants = grants
        self._engine = engine
        self.seed = seed
        self.examples = examples
        self.ledger = Ledger()
        self.secrets = Secrets(given={"signing key": grants.signing_key})
        self.actors: dict[str, Actor] = {"anonymous": ANONYMOUS}
        #: why an actor could not be had, in words for the reader
        self.refusals: dict[str, str] = {}
        self.tag = randomness.token_hex(4)
        self.hooks = hooks or Hooks()

        def send(request: Request) -> Exchange:
            return self.send(request)

        self.guards = Guards(send)
        self.registrar = Registrar(contract, send, self.secrets, self.hooks)
        self.doorman = Doorman(contract, send, self.secrets, self.hooks, clock, grants.presentation)
        self._count = 0
        self._samples: dict[tuple[str, str], Created] = {}
        self._callers: dict[str, Actor] = {}
        #: why a resource could not be created in, so that nobody asks again
        self._closed: dict[str, str] = {}
        #: creates that want more than the document says they require
        self._thorough: set[str] = set()

    # -- capabilities ------------------------------------------------------------------------------------------

    @property
    def tape(self) -> Tape:
        return self.client.tape

    def lacks(self, need: Need) -> bool:
        """Whether a capability is missing. Users count as present only once they were proven."""
        present = {
            Need.WRITES: self.grants.writes,
            Need.USER: self._proven("alice"),
            Need.TWO_USERS: self._proven("alice") and self._proven("bob"),
            Need.ADMIN: self._proven("admin"),
            Need.SIGNING_KEY: bool(self.grants.signing_key),
            Need.DESTRUCTIVE: self.grants.destructive,
        }
        return not present.get(need, False)

    def require(self, need: Need) -> None:
        """Raises Untested when the capability is missing; for rules that need it on some subjects only."""
        if self.lacks(need):
            raise Untested(f"needs {need.value}")

    def _proven(self, name: str) -> bool:
        return name in self.actors and self.actors[name].proven

    # -- actors ------------------------------------------------------------------------------------------------

    def actor(self, name: str) -> Actor:
        """A proven actor of the run. Raises Untested with the reason why there is none."""
        if name not in self.actors or not self.actors[name].proven:
            raise Untested(self.refusals.get(name, f"there is no actor called {name}"))
        return self.actors[name]

    @property
    def anonymous(self) -> Actor:
        return ANONYMOUS

    @property
    def alice(self) -> Actor:
        return self.actor("alice")

    @property
    def bob(self) -> Actor:
        return self.actor("bob")

    @property
    def admin(self) -> Actor:
        return self.actor("admin")

    @cached_property
    def carol(self) -> Actor:
        """The throw-away user: for the traffic engine and whatever destroys."""
        carol = self.account("carol").owner
        prove(self, carol)
        return carol

    def account(self, purpose: str, *, usable: bool = True) -> Created:
        """A new account of its own, logged in if it is to be used. Raises Untested where nobody can register."""
        self.require(Need.WRITES)
        self._count += 1
        name = purpose if purpose not in self.actors else f"{purpose}{self._count}"
        actor, exchange = self.registrar.register(name, self.tag)
        row = self.ledger.made_by(exchange)
        if row is None:
            raise Untested(f"{exchange}: the answer registers nobody")
        row.owner = actor
        if usable:
            self.doorman.log_in(actor)
        self.actors[name] = actor
        return Created(row, sent_body(exchange), exchange)

    def caller(self, operation: Operation) -> Actor:
        """Who calls an operation that needs no row: alice, or the administrator where alice is refused and he is not."""
        if self.lacks(Need.ADMIN):
            return self.alice
        if operation.label not in self._callers:
            refused = self.call(operation, self.alice).status == 403
            allowed = refused and self.call(operation, self.admin).ok
            self._callers[operation.label] = self.admin if allowed else self.alice
        return self._callers[operation.label]

    # -- requests ----------------------------------------------------------------------------------------------

    def send(self, request: Request) -> Exchange:
        """Send any request; a row that it creates enters the ledger.

        A token of alice, bob or the administrator that has ended meanwhile is exchanged for a new one.
        """
        exchange = self._deliver(request)
        again = renewed(self, self._deliver, request, exchange)
        return self._deliver(again) if again else exchange

    def _deliver(self, request: Request) -> Exchange:
        exchange = self.client.send(request)
        if request.auth is not None:
            self.secrets.remember_signature(request.actor, request.headers, exchange.request_headers)
        self.note(exchange)
        return exchange

    def note(self, exchange: Exchange) -> None:
        """Enter what an exchange created or deleted into the ledger, and its tokens, whoever sent it."""
        self.doorman.observe(exchange)
        self.guards.observe(exchange)
        if exchange.method == "DELETE" and exchange.ok:
            path, me = urlsplit(exchange.url).path, self.contract.me
            self.ledger.mark_deleted(path, exchange.actor if me and path == me.path else "")
        row = row_of(self.contract, exchange, self.actors.get(exchange.actor, ANONYMOUS))
        if row is not None and not says_no(exchange):
            self.ledger.add(row)

    def request(
        self,
        operation: Operation,
        actor: Actor | None = None,
        values: Mapping[str, Any] | None = None,
        **how: Any,
    ) -> Request:
        """The request that calls a documented operation as somebody, its path filled from `values`.

        `headers` stand in place of the actor's own, credentials included.
        """
        who = actor or ANONYMOUS
        if "headers" not in how:
            self.doorman.fresh(who)
            how = {"headers": who.headers, "auth": who.auth, **how}
        path = fill(operation.path, values or {})
        return Request(operation.method, path, actor=who.name, operation=operation.label, **how)

    def call(
        self,
        operation: Operation,
        actor: Actor | None = None,
        values: Mapping[str, Any] | None = None,
        **how: Any,
    ) -> Exchange:
        """Call a documented operation as somebody."""
        return self.send(self.request(operation, actor, values, **how))

    def together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send all at once; answers in the order of the requests."""
        exchanges = self.client.together(requests)
        for exchange in exchanges:
            self.note(exchange)
        return exchanges

    # -- rows --------------------------------------------------------------------------------------------------

    def create(self, resource: Resource, actor: Actor, *, usable: bool = True) -> Created:
        """A new row of a resource, owned by the actor; an account owns itself, and logs in only if it is to be used.

        Raises Untested when the service does not let us.
        """
        self.require(Need.WRITES)
        if resource.create is None:
            raise Untested(f"the document shows no operation that creates in {resource.collection}")
        if resource is self.contract.accounts:
            return self.account("dave", usable=usable)
        if resource.collection in self._closed:
            raise Untested(self._closed[resource.collection])
        exchange = self._try_to_create(resource.create, actor)
        row = self.ledger.made_by(exchange)
        if not exchange.ok:
            told = self.secrets.redact(exchange.text)[:200]
            self._closed[resource.collection] = f"{exchange} although the body follows the schema: {told}"
            raise Untested(self._closed[resource.collection])
        if row is None or not row.path:
            raise Untested(f"{resource.create.label} answered {exchange.status} without telling an id")
        return Created(row, sent_body(exchange), exchange)

    def _try_to_create(self, create: Operation, actor: Actor) -> Exchange:
        """The answer to what is required, else to all that the document offers; by the administrator where need be."""
        exchange = self.call(create, actor, **self.body(create))
        if exchange.status in (400, 422):
            exchange = self.call(create, actor, **self.body(create, fill_all=True))
            if exchange.ok:
                self._thorough.add(create.label)
        if exchange.status == 403 and not self.lacks(Need.ADMIN):
            exchange = self.call(create, self.admin, **self.body(create))
        return exchange

    def sample(self, resource: Resource, actor: Actor) -> Created:
        """A row to look at, made once for a resource and an actor; nothing may change it."""
        key = (resource.collection, actor.name)
        if key not in self._samples:
            self._samples[key] = self.create(resource, actor)
        return self._samples[key]

    def body(
        self,
        operation: Operation,
        overrides: Mapping[FieldPath, Any] | None = None,
        *,
        fill_all: bool = False,
    ) -> dict[str, Any]:
        """Keyword arguments of a request with a valid body, unlike any body made before: required fields, or all."""
        self._count += 1
        given = {**self._passwords(operation), **(overrides or {})}
        thorough = fill_all or operation.label in self._thorough
        made = payload(self.contract, operation, f"kit{self.tag}{self._count}", given, fill_all=thorough)
        return self.hooks.served(operation.label, made)

    def _passwords(self, operation: Operation) -> dict[FieldPath, Any]:
        """A canary for the field of a body that takes a password, so that it can be found and is never printed."""
        path = password_field(self.contract.resolver, operation.body)
        if path is None or operation.body is None:
            return {}
        longest = self.contract.resolver.at(operation.body.schema, path).get("maxLength")
        password = self.secrets.password(f"body {self._count}", longest if isinstance(longest, int) else None)
        return dict.fromkeys((path, *passwords_again(self.contract.resolver, operation.body)), password)

    # -- generated traffic -------------------------------------------------------------------------------------

    def forall(self, strategy: SearchStrategy[Any], check: Callable[[Any], None], budget: int = 25) -> None:
        """A property over many values, see `compliance.target.properties.forall`."""
        forall(strategy, check, budget)

    @cached_property
    def traffic(self) -> Traffic:
        """The one run of the traffic engine, as carol, made when the first rule asks for it."""
        if self._engine is None:
            raise Untested("this run has no traffic engine")
        return self._engine(self)
