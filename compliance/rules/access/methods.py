"""Methods that treat one object by different rules, and those that forgot to ask who comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation, Resource
from compliance.contract.paths import canonical
from compliance.contract.subjects import created_resources, owned_resources
from compliance.target.changing import a_change, at_rest
from compliance.target.denials import may_deny
from compliance.target.intrusions import (
    attempt,
    must_be_deletable,
    must_be_undeleted,
    must_be_untouched,
    must_have_owners,
)
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange


def changed_in_two_ways(contract: Contract) -> Iterable[Resource]:
    """Resources one of whose paths takes two methods that change what is there."""
    return [resource for resource in owned_resources(contract) if _rivals(resource)]


def writable_resources(contract: Contract) -> Iterable[Resource]:
    """Resources that can be created, read back, and changed or deleted."""
    return [resource for resource in created_resources(contract) if resource.updates or resource.delete]


@rule(
    "ACC-008",
    "All writes on an object follow the same permission",
    level=Level.MUST,
    subjects=changed_in_two_ways,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def writes_follow_one_permission(target: Target, resource: Resource) -> None:
    """
    Why: what one method forbids and another allows is not forbidden.

    Breaks: a PATCH that was added years after the PUT, without its check of the owner

    Conforms: one function that loads the object for whoever may change it, used by every method
    """
    must_have_owners(target, resource)
    tried = [attempt(target, resource, update) for update in _rivals(resource)]
    refused = next((one.first for one in tried if one.effect is None and _refuses(one.first)), None)
    done = next((one.effect for one in tried if one.effect is not None), None)
    if done is not None and refused is not None:
        raise Violation(
            "one method allows what another forbids",
            f"a refusal, as by {refused.method}, which answers {refused.status}",
            done.observed,
            [refused, *done.proof],
        )


@rule(
    "ACC-009",
    "Nothing is changed without credentials",
    level=Level.MUST,
    subjects=writable_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def nobody_changes_anything(target: Target, resource: Resource) -> None:
    """
    Why: a route without a guard and without its declaration looks as if it were meant so, and is open to the network.

    Breaks: `async def update_note(note_id: int, data: NoteUpdate, service: NoteService)`

    Conforms: `current_user: CurrentUser` in every operation that changes something
    """
    must_have_owners(target, resource)
    created = target.create(resource, target.alice)
    before = at_rest(target, resource, created)
    doubts = [_doubt_of_update(target, resource, created, update, before) for update in resource.updates]
    if resource.delete is not None:
        intrusion = target.call_on(created, resource.delete, target.anonymous)
        must_be_undeleted(target, resource, created, intrusion, "nobody deletes an object")
        must_be_deletable(target, created, resource.delete)
    if any(doubts):
        raise Untested("; ".join(dict.fromkeys(filter(None, doubts))))


def _doubt_of_update(
    target: Target, resource: Resource, created: Created, update: Operation, before: Mapping[str, Any]
) -> str:
    """Why nobody's update says nothing, empty where it had no effect. Raises Violation where it had one."""
    try:
        known = attempt(target, resource, update)  # which shows how its owner changes it
        field, how = a_change(target, update, created, before, whole=known.whole)
        intrusion = target.call_on(created, update, target.anonymous, **how)
        watched = {field: before[field]}
        must_be_untouched(target, resource, created, intrusion, watched, "nobody changes an object")
    except Untested as doubt:
        return str(doubt)
    return ""


def _rivals(resource: Resource) -> list[Operation]:
    """The updates of a path that has more than one."""
    paths = [canonical(update.path) for update in resource.updates]
    several = [update for update in resource.updates if paths.count(canonical(update.path)) > 1]
    return sorted(several, key=lambda operation: operation.method)


def _refuses(answer: Exchange) -> bool:
    return answer.forbidden or answer.status in (404, 410) or may_deny(answer)
