"""How a run begins: two users made or logged in and proven to be two, and an administrator where one is given."""

from __future__ import annotations

from compliance.catalogue import Need, Untested
from compliance.result import Identity
from compliance.target.actors import Actor
from compliance.target.asking import ask_for, ask_for_distinct, look_at
from compliance.target.credentials import Credentials
from compliance.target.errors import TargetError
from compliance.target.proving import Refused, is_plain_read, prove, same_account
from compliance.target.reach import Target
from compliance.target.tokens import Place

ORDINARY = ("alice", "bob")
#: Reads that are sent without credentials to see whether anything is guarded where the document says nothing.
LOOKS = 5


def shake_hands(target: Target) -> None:
    """Obtain and prove every actor. Raises TargetError when given credentials are refused."""
    for name in (*ORDINARY, "admin"):
        said = target.hooks.credentials(name, target.client.base_url) or target.grants.credentials.get(name)
        if said is not None:
            _given(target, name, said)
    for name in ORDINARY:
        if name not in target.actors:
            _registered(target, name)
        if name == "alice" and name in target.refusals and "bob" not in target.actors:
            target.refusals["bob"] = target.refusals["alice"]  # what she was refused he need not ask for
            break
    target.refusals.setdefault("admin", f"needs {Need.ADMIN.value}")
    _two_not_one(target)
    if not target.lacks(Need.USER):
        target.keys.search(target.alice.token, [target.contract.title])
    if target.lacks(Need.USER) and target.contract.registration is None:
        _look_for_guards(target)


def identities(target: Target) -> list[Identity]:
    """The actors as a report names them."""
    return [
        Identity(actor.name, actor.source, actor.proven)
        for actor in target.actors.values()
        if actor.name in (*ORDINARY, "carol", "admin") and not actor.unasked
    ]


def missing(target: Target) -> list[str]:
    """What every run of such a service is expected to obtain and this one did not, with what to do about it, said once."""
    contract = target.contract
    guarded = any(o.guarded for o in contract.operations) or target.guards.any
    if not (contract.registration or guarded):
        return []
    expected = ORDINARY if contract.registration or target.registrar.doors else ORDINARY[:1]
    actors = [target.actors.get(name) for name in expected]
    lacking = [n for n, one in zip(expected, actors, strict=True) if not one or not one.proven or one.unasked]
    return [ask_for(target, lacking)] if lacking else []


def _given(target: Target, name: str, credentials: Credentials) -> None:
    actor = _actor_of(name, credentials)
    secrets = target.secrets
    secrets.given |= {f"{name} password": credentials.password, f"{name} token": credentials.token}
    target.actors[name] = actor
    before = len(target.tape)
    try:
        if credentials.basic:
            target.doorman.go_without(actor)
        elif not actor.has_credentials:
            target.doorman.log_in(actor)
        prove(target, actor)
    except Untested as refusal:
        said = secrets.redact(str(refusal))
        was_issued = actor.entry is not None and not credentials.token
        if actor.has_credentials and (was_issued or not isinstance(refusal, Refused)):
            # Nothing asks who it is, so that nobody knows; or a token of the service's own is refused, which rules judge.
            target.refusals[name] = said
            return
        tried = target.tape.exchanges[before:]
        raise TargetError(
            f"{name} could not log in with {credentials.source}: {said}\n{look_at(target, actor, tried)}"
        ) from None


def _actor_of(name: str, credentials: Credentials) -> Actor:
    actor = Actor(name, credentials.source, credentials.username, credentials.password, credentials.token)
    actor.auth = credentials.auth
    if credentials.presentation is not None:
        actor.presentation, actor.settled = credentials.presentation, True
        if credentials.presentation.cookie:
            actor.place = Place("cookie", (credentials.presentation.cookie,))
    return actor


def _registered(target: Target, name: str) -> None:
    try:
        if target.registrar.doors and not target.grants.writes:
            raise Untested(f"registering {name} needs {Need.WRITES.value}; or give one: {Need.USER.value}")
        prove(target, target.account(name).owner)
    except Untested as refusal:
        target.refusals[name] = target.secrets.redact(str(refusal))


def _two_not_one(target: Target) -> None:
    """Two users that the service takes for one would make every judgement between them worthless."""
    alice, bob = target.actors.get("alice"), target.actors.get("bob")
    if not (alice and bob and alice.proven and bob.proven):
        return
    _ask_who(target, alice)
    _ask_who(target, bob)
    same = same_account(alice, bob)
    if same is not False:
        bob.proven = False
        target.refusals["bob"] = ask_for_distinct(bool(same))


def _ask_who(target: Target, actor: Actor) -> None:
    """What the service says the actor is, where it has an operation that says so and did not prove the actor."""
    me = target.contract.me
    if me is None or actor.proof is me or not is_plain_read(target.contract, me):
        return
    try:
        told = target.call(me, actor)
        said = told.json() if told.ok else {}
    except Untested:
        return
    actor.identity = {**actor.identity, **(said if isinstance(said, dict) else {})}


def _look_for_guards(target: Target) -> None:
    """See whether the service asks anybody for credentials, where neither document nor actors have told.

    Where it asks nobody, whoever comes is a user as good as any.
    """
    contract = target.contract
    if any(operation.guarded for operation in contract.operations):
        return
    plain = [one for one in contract.operations if is_plain_read(contract, one)]
    answers = [target.guards.ask(operation) for operation in plain[:LOOKS]]
    ways_in = [*contract.logins, *contract.admissions, *contract.schemes, *target.grants.credentials]
    if any(one and one.ok for one in answers) and not (target.guards.any or ways_in):
        for name in ORDINARY:
            target.actors[name] = Actor(name, "nobody", proven=True, unasked=True)
            target.refusals.pop(name, None)
