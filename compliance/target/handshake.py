"""How a run begins: two users made or logged in and proven to be two, and an administrator where one is given."""

from __future__ import annotations

from compliance.catalogue import Need, Untested
from compliance.result import Identity
from compliance.target import actors as acting
from compliance.target.actors import Actor
from compliance.target.credentials import Credentials
from compliance.target.errors import TargetError
from compliance.target.reach import Target

ORDINARY = ("alice", "bob")


def shake_hands(target: Target) -> None:
    """Obtain and prove every actor. Raises TargetError when given credentials are refused."""
    for name, credentials in target.grants.credentials.items():
        _given(target, name, credentials)
    for name in ORDINARY:
        if name not in target.actors:
            _registered(target, name)
    if target.contract.login is None:
        reason = "the document shows no login"
        target.refusals |= {name: reason for name in (*ORDINARY, "admin") if name not in target.actors}
    target.refusals.setdefault("admin", f"needs {Need.ADMIN.value}")
    _two_not_one(target)


def identities(target: Target) -> list[Identity]:
    """The actors as a report names them."""
    return [
        Identity(actor.name, actor.source, actor.proven)
        for actor in target.actors.values()
        if actor.name in (*ORDINARY, "carol", "admin")
    ]


def missing(target: Target) -> list[str]:
    """Sentences on what every run of such a service is expected to obtain and this one did not."""
    contract = target.contract
    if not (contract.registration or any(o.guarded for o in contract.operations)):
        return []
    expected = ORDINARY if contract.registration else ORDINARY[:1]
    return [
        f"{name} could not be had: {target.refusals.get(name, 'unknown')}"
        for name in expected
        if name not in target.actors or not target.actors[name].proven
    ]


def _given(target: Target, name: str, credentials: Credentials) -> None:
    actor = Actor(name, credentials.source, credentials.username, credentials.password)
    target.secrets.given[f"{name} password"] = credentials.password
    target.actors[name] = actor
    try:
        acting.log_in(target.contract, target.send, target.secrets, actor)
        acting.prove(target.contract, target.send, actor)
    except Untested as refusal:
        message = target.secrets.redact(str(refusal))
        raise TargetError(f"{name} could not log in with {credentials.source}: {message}") from None


def _registered(target: Target, name: str) -> None:
    try:
        if target.contract.registration and not target.grants.writes:
            raise Untested(f"registering {name} {Need.WRITES.value}; or give one: {Need.USER.value}")
        actor = target.account(name).owner
        acting.prove(target.contract, target.send, actor)
    except Untested as refusal:
        target.refusals[name] = target.secrets.redact(str(refusal))


def _two_not_one(target: Target) -> None:
    """Two users that the service takes for one would make every judgement between them worthless."""
    alice, bob = target.actors.get("alice"), target.actors.get("bob")
    if (
        alice
        and bob
        and alice.proven
        and bob.proven
        and (alice.username == bob.username or alice.token == bob.token)
    ):
        bob.proven = False
        target.refusals["bob"] = "alice and bob are one and the same user"
