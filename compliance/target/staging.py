"""Setting the stage for one operation: somebody who may call it, a row of theirs to call it on, a valid body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Need, Untested
from compliance.contract.identity import key_fields
from compliance.contract.model import Operation, Resource
from compliance.contract.paths import is_parameter, segments, vocabulary, words
from compliance.contract.relations import at_place, is_account, places
from compliance.target.actors import Actor
from compliance.target.addressing import query_values
from compliance.target.wire import SAFE_METHODS, Request

if TYPE_CHECKING:
    from compliance.target.reach import Created, Target

#: What one does to others, and no service lets anybody do to oneself.
_TO_OTHERS = vocabulary("follow block mute friend befriend")
#: What a path without a parameter acts on when it is its sender's own.
_OWN = vocabulary("password token logout signout profile account session refresh")


@dataclass(frozen=True, eq=False)
class Scene:
    """A request that is meant to succeed: `owner` may send it, `values` fill its path, `how` is its body."""

    operation: Operation
    owner: Actor
    values: Mapping[str, Any] = field(default_factory=dict)
    how: Mapping[str, Any] = field(default_factory=dict)
    #: nothing in its path says on whom it acts but who sends it, so that only the throw-away owner may
    personal: bool = False
    #: the row that was made for it, None where it acts on none or on a sample
    created: Created | None = None

    def request(self, target: Target, actor: Actor | None = None, **changes: Any) -> Request:
        """The request as its owner sends it, or as somebody else or with other headers would."""
        return target.request(self.operation, actor or self.owner, self.values, **{**self.how, **changes})

    def where(self, target: Target, operation: Operation) -> Mapping[str, Any]:
        """The values of the path to its row by an operation, as they are now: an update may have moved the row."""
        made = self.created is not None and bool(self.created.row.path)
        return target.path_values(operation, self.owner, self.created) if made else self.values

    @property
    def is_about_its_sender(self) -> bool:
        """Whether it changes the account of its owner."""
        return self.personal or (self.created is not None and self.created.row.account)


def stage(target: Target, operation: Operation) -> Scene:
    """A scene for the operation. Raises Untested where the kit cannot make one without touching what is not its own."""
    if operation.method in SAFE_METHODS:
        return _stage_read(target, operation)
    target.require(Need.WRITES)
    resource = target.contract.resource_of(operation)
    if resource is not None and resource.create is operation:
        made = target.sample(resource, target.alice)  # which teaches what the create wants, and who may
        owner = target.alice if made.row.account else made.owner
        return Scene(operation, owner, target.path_values(operation, owner), _body(target, operation, owner))
    if _is_about_oneself(target, operation):
        mallory = target.account("mallory").owner
        other = (
            target.bob
            if _TO_OTHERS & _last_words(operation) and not target.lacks(Need.TWO_USERS)
            else mallory
        )
        values = target.path_values(operation, other)
        scene = Scene(operation, mallory, values, _body(target, operation, mallory), personal=not values)
        _do_what_it_undoes(target, scene)
        return scene
    if any(login.operation is operation for login in target.contract.logins):
        raise Untested(f"{operation.label} is a login: whoever has no credentials goes there to get them")
    subject = resource or _subject(target, operation)
    if subject is None and _acted_on(target, operation):
        raise Untested(
            f"{operation.label} acts on a row that nothing deletes, so that what it does would stay"
        )
    if subject is None or not (operation.path_parameters or _names_its_row(target, operation, subject)):
        raise Untested(
            f"{operation.label} names no row of the kit's own, so that it may act on others' as well"
        )
    target.confirmed(subject).must("create")
    created = target.create(subject, target.alice)
    values = target.path_values(operation, created.owner, created)
    body = _body(target, operation, created.owner, created)
    scene = Scene(operation, created.owner, values, body, created=created)
    _do_what_it_undoes(target, scene)
    return scene


def _stage_read(target: Target, operation: Operation) -> Scene:
    if reason := target.restraint.why(operation):
        raise Untested(reason)
    how = {"params": query_values(target, operation, target.alice)}
    resource = target.contract.resource_of(operation)
    if resource is not None and operation is resource.read and resource.create is not None:
        created = target.sample(resource, target.alice)
        return Scene(operation, created.owner, target.path_values(operation, created.owner, created), how)
    values = target.path_values(operation, target.alice)
    return Scene(operation, target.caller(operation), values, how)


def _body(
    target: Target, operation: Operation, actor: Actor, created: Created | None = None
) -> Mapping[str, Any]:
    """A valid body; all that it offers where the document requires nothing, since only a PATCH may change nothing."""
    how = target.body(operation, actor=actor, created=created)
    if how.get("json") == {} and operation.method != "PATCH":
        return target.body(operation, actor=actor, created=created, fill_all=True)
    return how


def _do_what_it_undoes(target: Target, scene: Scene) -> None:
    """Before a DELETE of `/articles/{slug}/favorite` the POST beside it: there is nothing to take back otherwise."""
    undone, contract = scene.operation, target.contract
    if undone.method != "DELETE" or not undone.path_parameters or undone.path.endswith("}"):
        return
    for deed in contract.operations:
        if deed.path == undone.path and deed.method in ("POST", "PUT"):
            target.call(deed, scene.owner, scene.values, **target.body(deed, actor=scene.owner))


def _last_words(operation: Operation) -> set[str]:
    names = [part for part in segments(operation.path) if not is_parameter(part)]
    return set(words(names[-1])) if names else set()


def _subject(target: Target, operation: Operation) -> Resource | None:
    """The resource on one of whose rows an operation acts: what its last parameter names. It must be deletable.

    What such an operation makes below the row goes with the row.
    """
    resource = _acted_on(target, operation)
    kept = resource is not None and resource.delete is None and resource is not target.contract.accounts
    return None if kept else resource


def _acted_on(target: Target, operation: Operation) -> Resource | None:
    last = places(operation.path)[-1:]
    return at_place(target.contract, last[0]) if last else None


def _names_its_row(target: Target, operation: Operation, subject: Resource) -> bool:
    """Whether the body of an update has to say which row it changes, as its path does not."""
    resolver = target.contract.resolver
    return bool(key_fields(operation, subject.parameter, subject.identifier, resolver))


def _is_about_oneself(target: Target, operation: Operation) -> bool:
    """Whether the operation changes whoever calls it.

    It is "me" or something below it, an account that its path names, or a deed to one's own password or session.
    """
    me, last = target.contract.me, places(operation.path)[-1:]
    if not last:
        below = me is not None and f"{operation.path}/".startswith(f"{me.path}/")
        return below or (operation.method == "POST" and bool(_OWN & _last_words(operation)))
    resource = at_place(target.contract, last[0])
    named = is_account(target.contract, last[0].name) or is_account(target.contract, last[0].noun)
    return resource is None and named and target.contract.resource_of(operation) is None
