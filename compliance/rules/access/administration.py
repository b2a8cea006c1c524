"""Operations that are meant for administrators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation
from compliance.contract.openly import for_strangers, is_sign
from compliance.contract.paths import is_parameter, segments, vocabulary, words
from compliance.target.addressing import query_values
from compliance.target.denials import is_denied
from compliance.target.intentions import is_plainly_a_read
from compliance.target.reach import Target
from compliance.target.tape import Exchange

#: Words of paths and tags that tell where to look.
_RULERS = vocabulary(
    "admin admins administration administrator administrators superuser superusers superadmin backoffice internal"
)


def administrative(contract: Contract) -> Iterable[Operation]:
    """Reads and creates in what is called an area of administrators; no doors, and no signs of life."""
    return [one for one in contract.operations if _area(one) and _can_be_tried(contract, one)]


@rule(
    "ACC-010",
    "Administration is closed to ordinary users",
    level=Level.MUST,
    subjects=administrative,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS, Need.ADMIN},
)
def administration_is_closed(target: Target, operation: Operation) -> None:
    """
    Why: what everybody may do who has an account is not administration.

    Breaks: `Depends(get_current_user)` in the one route of the router that wants a superuser

    Conforms: `APIRouter(prefix="/admin", dependencies=[Depends(get_current_active_superuser)])`
    """
    tried = _tried(target, operation)
    if tried.is_closed:
        return
    if not tried.theirs.ok or tried.hers.busy or not tried.hers.ok:
        raise Untested(f"{tried.hers}, and {tried.theirs}: nothing tells who is meant to do it")
    if operation.method == "GET" and not _as_much(tried.hers.value, tried.theirs.value):
        raise NotApplicable("an ordinary user is answered something else than the administrator")
    closed = next((one for one in _neighbours(target, operation) if one.is_closed), None)
    if closed is None:
        raise Untested(
            "nothing beside it refuses an ordinary user and lets the administrator in, "
            "so that nothing but its name says whom it is for"
        )
    raise Violation(
        "an ordinary user acts as administrator",
        f"403 or 404, as {closed.hers.operation} answers",
        f"{tried.hers.status}, and what the administrator gets",
        [closed.hers, closed.theirs, tried.theirs, tried.hers],
    )


@dataclass(frozen=True, eq=False)
class _Tried:
    """One operation, as alice, an ordinary user, and then the administrator call it."""

    hers: Exchange
    theirs: Exchange

    @property
    def is_closed(self) -> bool:
        """Whether the administrator is let in, and she is not."""
        refused = self.hers.forbidden or self.hers.status == 404
        denied = self.hers.ok and self.theirs.ok and is_denied(self.hers, self.theirs)
        return self.theirs.ok and (refused or denied)


def _tried(target: Target, operation: Operation) -> _Tried:
    return target.memory.once(("administration", operation.label), lambda: _call(target, operation))


def _call(target: Target, operation: Operation) -> _Tried:
    """Both calls, about rows and the account of bob's where the path names one."""
    if reason := target.restraint.why(operation):
        raise Untested(reason)
    values = target.path_values(operation, target.bob)
    answers = []
    for actor in (target.alice, target.admin):
        how: dict[str, Any] = {"params": query_values(target, operation, actor)}
        if operation.method != "GET":
            how = target.body(operation, actor=actor)
        answers.append(target.call(operation, actor, values, **how))
    return _Tried(answers[0], answers[1])


def _neighbours(target: Target, operation: Operation) -> Iterator[_Tried]:
    """What else of the same area can be tried, reads first."""
    others = [one for one in administrative(target.contract) if _area(one) == _area(operation)]
    for other in sorted(others, key=lambda one: one.method != "GET"):
        if other is not operation:
            try:
                yield _tried(target, other)
            except Untested:
                continue


def _area(operation: Operation) -> str:
    """What the area is called: the path as far as the word, else the tag; empty where nothing is called so."""
    parts = segments(operation.path)
    for number, part in enumerate(parts, 1):
        if not is_parameter(part) and _RULERS & set(words(part)):
            return "/".join(parts[:number])
    return next((tag for tag in operation.tags if _RULERS & set(words(tag))), "")


def _can_be_tried(contract: Contract, operation: Operation) -> bool:
    """Whether it only reads, or makes a row that can be deleted again."""
    doors = [login.operation for login in contract.logins]
    doors += [one.operation for one in (*contract.registrations, *contract.admissions)]
    if operation in doors or is_sign(contract, operation) or for_strangers(contract, operation):
        return False
    if operation is contract.me or operation.guarded is False:
        return False
    if operation.method == "GET":
        return is_plainly_a_read(contract, operation)
    resource = contract.resource_of(operation)
    return resource is not None and operation is resource.create and resource.delete is not None


def _as_much(hers: Any, theirs: Any) -> bool:
    """Whether an answer shows at least half of what the administrator's does, and anything at all."""
    all_, some = set(_told(theirs)), set(_told(hers))
    return bool(all_) and 2 * len(all_ & some) >= len(all_)


def _told(value: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every plain value of an answer with the names that lead to it."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _told(inner, (*way, str(name)))
    elif isinstance(value, list):
        for inner in value:
            yield from _told(inner, way)
    elif value is not None:
        yield way, str(value)
