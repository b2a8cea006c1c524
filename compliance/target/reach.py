"""The target as a rule sees it: send, call an operation, be somebody, make a row. Everything is recorded."""

from __future__ import annotations

import secrets as randomness
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Need, Untested
from compliance.contract.model import Contract, FieldPath, ListOperation, Operation, Resource
from compliance.target.actors import ANONYMOUS, Actor, sent_body
from compliance.target.addressing import path_values, query_values
from compliance.target.births import follow, row_of
from compliance.target.bodies import body_of
from compliance.target.client import Client
from compliance.target.completing import Completing
from compliance.target.confirmation import Confirmation, confirm
from compliance.target.credentials import Credentials, Presentation
from compliance.target.entering import Doorman
from compliance.target.guards import Guards
from compliance.target.hooks import Hooks
from compliance.target.hostile import Hostile
from compliance.target.intentions import is_plainly_a_read
from compliance.target.keys import Keys
from compliance.target.ledger import Ledger, fill
from compliance.target.lodgers import Lodgers
from compliance.target.memory import Memory
from compliance.target.new_passwords import NewPasswords
from compliance.target.patience import Patience
from compliance.target.preconditions import on_a_condition, with_its_tag
from compliance.target.properties import forall
from compliance.target.proving import prove
from compliance.target.published import public_keys
from compliance.target.registering import Registrar
from compliance.target.renewing import renewed
from compliance.target.restraint import Restraint
from compliance.target.rows import Created as Created
from compliance.target.rows import Rows
from compliance.target.secrets import Secrets
from compliance.target.selections import Selections
from compliance.target.tape import Exchange, Tape
from compliance.target.tokens import says_no
from compliance.target.walking import Walk, walk
from compliance.target.wire import SAFE_METHODS, Request

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from compliance.traffic import Traffic

#: Requests that the engine draws for an operation, and how many times of all that is drawn a thorough run has.
EXAMPLES, THOROUGH = 5, 10


@dataclass(frozen=True)
class Grants:
    """What the person allowed and gave."""

    writes: bool = False
    destructive: bool = False
    #: many times the generated values and requests
    thorough: bool = False
    #: the most items that a page may hold
    page_size_maximum: int = 100
    signing_key: str = field(default="", repr=False)
    credentials: Mapping[str, Credentials] = field(default_factory=dict, repr=False)
    #: how whoever logs in presents the token; None leaves it to the document and to trying
    presentation: Presentation | None = None


#: Answers that may only mean that something was missing: a token that has not ended, a condition.
_LACKING = (401, 412, 428)


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
        hooks: Hooks | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.contract = contract
        self.client = client
        self.grants = grants
        self._engine = engine
        self.seed = seed
        self.examples = EXAMPLES * (THOROUGH if grants.thorough else 1)
        self.ledger = Ledger()
        self.secrets = Secrets(given={"signing key": grants.signing_key})
        self.keys = Keys(grants.signing_key, self.secrets)
        self.actors: dict[str, Actor] = {"anonymous": ANONYMOUS}
        #: why an actor could not be had, in words for the reader
        self.refusals: dict[str, str] = {}
        self.tag = randomness.token_hex(4)
        self.hooks = hooks or Hooks()

        def send(request: Request) -> Exchange:
            return self.send(request)

        given = {"alice", "bob"} & set(grants.credentials)
        self.restraint = Restraint(contract, careful=not grants.writes or bool(given))
        self.guards = Guards(send)
        self.completing = Completing(contract, self.tag)
        self.registrar = Registrar(contract, send, self.secrets, self.hooks, self._administrator)
        self.doorman = Doorman(contract, send, self.secrets, self.hooks, clock, grants.presentation)
        self._count = 0
        self.rows = Rows(self)
        self.patience = Patience(client.rest)
        self.memory = Memory()
        self.new_passwords = NewPasswords()
        self.selections = Selections(self)
        self._confirmed: dict[str, Confirmation] = {}
        self._callers: dict[str, Actor] = {}
        self.lodgers = Lodgers(self)

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
            Need.SIGNING_KEY: self.keys.had,
            Need.DESTRUCTIVE: self.grants.destructive,
        }
        return not present.get(need, False)

    def require(self, need: Need) -> None:
        """Raises Untested when the capability is missing; for rules that need it on some subjects only."""
        if self.lacks(need):
            raise Untested(f"needs {need.value}")

    def _administrator(self) -> Actor | None:
        return self.doorman.fresh(self.admin) if self._proven("admin") else None

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

    def account(self, purpose: str, *, usable: bool = True, length: int = 0) -> Created:
        """A new account of its own, logged in if it is to be used. Raises Untested where nobody can register.

        length: so many characters has its password, where the service takes it.
        """
        self.require(Need.WRITES)
        self._count += 1
        name = purpose if purpose not in self.actors else f"{purpose}{self._count}"
        actor, exchange = self.registrar.register(name, self.tag, length=length)
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
        if self.lacks(Need.ADMIN) or not is_plainly_a_read(self.contract, operation):
            return self.alice
        if operation.label not in self._callers:
            how = {"params": query_values(self, operation, self.alice)}
            values = self.path_values(operation, self.alice)
            refused = self.call(operation, self.alice, values, **how).forbidden
            allowed = refused and self.call(operation, self.admin, values, **how).ok
            self._callers[operation.label] = self.admin if allowed else self.alice
        return self._callers[operation.label]

    # -- requests ----------------------------------------------------------------------------------------------

    def send(self, request: Request) -> Exchange:
        """Send any request; a row that it creates enters the ledger.

        A token of alice, bob or the administrator that has ended meanwhile is exchanged for a new one.
        """
        return self._again(request, self._deliver(request))

    def _again(self, request: Request, exchange: Exchange) -> Exchange:
        """The answer, or that to the same request with what it lacked: a new token, a condition."""
        again = renewed(self, self._deliver, request, exchange)
        answer = self._deliver(again) if again else exchange
        return on_a_condition(self, self._deliver, again or request, answer)

    def once(self, request: Request) -> Exchange:
        """Send a request that nobody waits with and nobody repeats, however busy the service is."""
        self.restraint.check(request)
        exchange = self.client.once(self.completing.on(request))
        self.note(exchange)
        return exchange

    def _deliver(self, request: Request) -> Exchange:
        self.restraint.check(request)
        exchange = self.client.send(self.completing.on(request))
        if request.auth is not None:
            self.secrets.remember_signature(request.actor, request.headers, exchange.request_headers)
        self.note(exchange)
        return exchange

    def note(self, exchange: Exchange) -> None:
        """Enter what an exchange created or deleted into the ledger, and its tokens, whoever sent it."""
        self.doorman.observe(exchange)
        self.guards.observe(exchange)
        self.new_passwords.observe(exchange)
        path = self.client.below(exchange.url).partition("?")[0]
        if exchange.method == "DELETE" and exchange.ok:
            me = self.contract.me
            self.ledger.mark_deleted(path, exchange.actor if me and path == me.path else "")
        if exchange.method in ("PUT", "PATCH") and exchange.ok:
            follow(self.ledger, path, exchange)
        sender = self.actors.get(exchange.actor, ANONYMOUS)
        row = row_of(self.contract, exchange, sender, self.registrar.at_work, tag=self.tag)
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

    def call_on(
        self, created: Created, operation: Operation, actor: Actor | None = None, **how: Any
    ) -> Exchange:
        """Call an operation on a row, as its owner or as somebody else; its path is the owner's either way."""
        values = self.path_values(operation, created.owner, created)
        return self.call(operation, actor or created.owner, values, **how)

    def together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send all at once; answers in the order of the requests. What was answered is noted although another was not."""
        for request in requests:
            self.restraint.check(request)
        requests = [with_its_tag(self, self._deliver, request) for request in requests]
        exchanges, before = list[Exchange](), len(self.tape)
        try:
            exchanges = self.client.together([self.completing.on(request) for request in requests])
        finally:
            for exchange in exchanges or self.tape.exchanges[before:]:
                self.note(exchange)
        return exchanges

    def several(self, requests: Sequence[Request]) -> list[Exchange | Untested]:
        """Send what may arrive in any order, a few at a time; answers, or why there is none, in the order of the requests."""
        answers: list[Exchange | Untested] = []
        before = len(self.tape)
        try:
            for request in requests:
                self.restraint.check(request)
            answers = self.client.several([self.completing.on(request) for request in requests])
        finally:
            for exchange in self.tape.exchanges[before:]:
                self.note(exchange)
        return [
            self._again(request, answer)
            if isinstance(answer, Exchange) and answer.status in _LACKING
            else answer
            for request, answer in zip(requests, answers, strict=True)
        ]

    # -- rows --------------------------------------------------------------------------------------------------

    def create(self, resource: Resource, actor: Actor, *, usable: bool = True) -> Created:
        """A new row of a resource, see `compliance.target.rows.Rows.create`."""
        return self.rows.create(resource, actor, usable=usable)

    def sample(self, resource: Resource, actor: Actor) -> Created:
        """A row to look at, made once for a resource and an actor; nothing may change it."""
        return self.rows.sample(resource, actor)

    def confirmed(self, resource: Resource) -> Confirmation:
        """What the running service shows of a resource's roles, looked at once; see `compliance.target.confirmation`."""
        if resource.collection not in self._confirmed:
            self._confirmed[resource.collection] = confirm(self, resource)
        return self._confirmed[resource.collection]

    def walk(self, listing: ListOperation) -> Walk:
        """A list read twice from end to end, once in a run; see `compliance.target.walking`."""
        return self.memory.once(("walk", listing.label), lambda: walk(self, listing))

    def path_values(
        self, operation: Operation, actor: Actor, created: Created | None = None
    ) -> dict[str, Any]:
        """The values of an operation's path as somebody calls it, see `compliance.target.addressing`.

        Raises Untested where it would change a row that may have been there before.
        """
        if (
            created is not None
            and operation.method not in SAFE_METHODS
            and not self.ledger.is_ours(created.row)
        ):
            raise Untested(f"{operation.label} is not sent: {self.ledger.doubt_of(created.row)}")
        return path_values(self, operation, actor, created.row if created else None)

    def body(
        self,
        operation: Operation,
        overrides: Mapping[FieldPath, Any] | None = None,
        *,
        actor: Actor | None = None,
        created: Created | None = None,
        fill_all: bool = False,
    ) -> dict[str, Any]:
        """Keyword arguments of a request with a valid body, unlike any body made before, see `compliance.target.bodies`."""
        self._count += 1
        made = body_of(
            self,
            operation,
            overrides or {},
            actor=actor or self.actors.get("alice"),
            row=created.row if created else None,
            number=self._count,
            fill_all=fill_all or operation.label in self.rows.creates.thorough,
        )
        return self.hooks.served(operation.label, made)

    @cached_property
    def public_keys(self) -> tuple[bytes, ...]:
        """The public keys that the service publishes, see `compliance.target.published`; asked for once."""
        return tuple(public_keys(self))

    # -- strange traffic ----------------------------------------------------------------------------------------

    @cached_property
    def hostile(self) -> Hostile:
        """The hostile input of the run and its answers, see `compliance.target.hostile`."""
        return Hostile(self)

    # -- generated traffic -------------------------------------------------------------------------------------

    def forall(self, strategy: SearchStrategy[Any], check: Callable[[Any], None], budget: int = 25) -> None:
        """A property over up to `budget` values, of a thorough run many more; see `compliance.target.properties.forall`."""
        forall(strategy, check, budget * (THOROUGH if self.grants.thorough else 1))

    @cached_property
    def traffic(self) -> Traffic:
        """The one run of the traffic engine, as carol, made when the first rule asks for it."""
        if self._engine is None:
            raise Untested("this run has no traffic engine")
        return self._engine(self)
