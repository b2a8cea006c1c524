"""How a refusal for want of a right is put."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.fields import body_fields, is_secret
from compliance.contract.model import Operation, Service
from compliance.contract.subjects import guarding_services
from compliance.target.guards import credential_headers
from compliance.target.reach import Target
from compliance.target.tape import Exchange


@rule(
    "ACC-015",
    "A lack of rights is not answered as a lack of credentials",
    level=Level.SHOULD,
    subjects=guarding_services,
    phase=Phase.TAPE,
)
def lack_of_rights_is_not_401(target: Target, _: Service) -> None:
    """
    Why: 401 tells a client to log its user in again, and that changes nothing, time after time.

    Breaks: `if product.owner_id != actor.id: raise HTTPException(401)`

    Conforms: `raise HTTPException(403)`, or 404 where the object is hidden
    """
    refused = list(_refused_for_rights(target))
    for refusal, later, allowed in refused:
        if refusal.status == 401:
            raise Violation(
                "a lack of rights is answered as a lack of credentials",
                "403 or 404",
                f"401, though {later.operation} takes the same credentials afterwards",
                [allowed, later, refusal],
            )
    if not refused:
        raise Untested("nobody was refused what somebody else is allowed to do")


def _refused_for_rights(target: Target) -> Iterator[tuple[Exchange, Exchange, Exchange]]:
    """Refusals of known users, each with a later success of the same credentials and that of another user at the same place."""
    guarded = {one.label: one for one in target.contract.operations if target.guards.guarded(one)}
    allowed: dict[tuple[str, str], dict[str, Exchange]] = {}
    lasting: dict[object, tuple[int, Exchange]] = {}
    for number, one in enumerate(target.tape):
        shown = credential_headers(one)
        if one.ok and shown and one.operation in guarded:
            allowed.setdefault((one.method, one.url), {})[one.actor] = one
            lasting[shown] = number, one
    for number, one in enumerate(target.tape):
        operation = guarded.get(one.operation)
        if operation is None or one.status not in (401, 403, 404) or _asks_for_a_password(target, operation):
            continue
        last, later = lasting.get(credential_headers(one), (0, one))
        others = [e for actor, e in allowed.get((one.method, one.url), {}).items() if actor != one.actor]
        if last > number and others:
            yield one, later, others[0]


def _asks_for_a_password(target: Target, operation: Operation) -> bool:
    """Whether its body holds credentials of its own, which may be the ones that are refused."""
    return any(is_secret(path[-1]) for path, _ in body_fields(target.contract.resolver, operation.body))
