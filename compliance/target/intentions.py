"""Which reads say by their name that they change things: such a request is never sent, whatever its method promises."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from compliance.contract.model import Operation
from compliance.contract.paths import canonical, is_parameter, segments, singular, vocabulary, words

#: What is done to things, wherever in a path it stands. None of them is the usual name of anything.
_DONE = vocabulary(
    "activate approve archive ban cancel clear confirm create deactivate delete destroy disable drop enable "
    "erase execute flush initialize initialise insert invalidate kill logout migrate populate publish purge "
    "rebuild recreate refresh regenerate reindex reinitialize reject remove reset restart restore resume revoke "
    "rollback rotate send shutdown signout signoff suspend sync synchronize terminate toggle trigger truncate "
    "unban unblock uninstall unpublish unsubscribe update upgrade upsert wipe"
)
#: Words that are a deed where a segment begins with them, and a thing in other places.
_DEEDS = _DONE | vocabulary(
    "add block build callback export generate import increment init install lock mark notify process reload "
    "run save seed set start stop subscribe unlock verify vote"
)
#: Deeds that are usual names of things as well: `/archive`, `/block/{height}`; done to an item they are deeds.
_BOTH = vocabulary("archive block build process set vote")
#: What stands behind a verb that is written in one word with it: `createdb`, `seeddata`, `dropall`.
_THINGS = vocabulary(
    "all cache data database db demo dummy email emails everything fixtures index job jobs mail password sample "
    "schema table tables test tests token user users"
)
#: What only tells of a deed: `/import/status`, `/sync/history`.
_TOLD = vocabulary(
    "audit config configuration count detail details health history info job jobs list log logs options preview "
    "progress queue report reports requirement requirements result results schedule schema settings state stats "
    "statistics status summary template templates types"
)


def changes_things(operations: Iterable[Operation], operation: Operation) -> bool:
    """Whether a GET's path or id speaks of a deed, and not of things that a deed is done to by other methods.

    operations: all of the contract's, for what else is done at the same path.
    """
    if _is_of_a_thing(operations, operation):
        return False
    parts = segments(operation.path)
    names = [part for part in parts if not is_parameter(part)]
    if names and {singular(word) for word in words(names[-1])[-1:]} & _singular(_TOLD):
        return False
    deeds = (_is_deed(name, before) for before, name in zip(["", *parts], parts, strict=False))
    return any(deeds) or _is_deed_by_id(operation)


def why_unsent(operations: Iterable[Operation], operation: Operation) -> str:
    """Why nothing was sent to an operation, in words."""
    if operation.method == "GET" and changes_things(operations, operation):
        return f"{operation.label} says by its name that it changes things; the kit never calls it"
    return "no request was sent to this operation: what it does might never be undone"


def _is_of_a_thing(operations: Iterable[Operation], operation: Operation) -> bool:
    """Whether the path names something that is also changed or deleted there: `GET /run/{id}` beside its DELETE."""
    here = canonical(operation.path)
    return here.endswith("{}") and here in _changed(tuple(operations))


@lru_cache(maxsize=2)
def _changed(operations: tuple[Operation, ...]) -> frozenset[str]:
    """The paths at which something is changed or deleted; worked out once for all operations of a contract."""
    changing = (one for one in operations if one.method in ("PUT", "PATCH", "DELETE"))
    return frozenset(canonical(one.path) for one in changing)


def _is_deed(segment: str, before: str) -> bool:
    parts = words(segment)
    if not parts or is_parameter(segment) or (segment.lower() in _BOTH and not is_parameter(before)):
        return False
    first, last = parts[0], parts[-1]
    joined = any(first.startswith(verb) and first.removeprefix(verb) in _THINGS for verb in _DEEDS)
    return first in _DEEDS or last in _DONE or joined


def _is_deed_by_id(operation: Operation) -> bool:
    """Whether the operation's id begins with a deed; frameworks put modules and classes before a dot."""
    parts = words(operation.operation_id.rpartition(".")[2])
    return bool(parts) and parts[0] in _DONE - {"update", "confirm", "publish", "archive", "refresh"}


def _singular(vocabulary_: frozenset[str]) -> frozenset[str]:
    return vocabulary_ | {singular(word) for word in vocabulary_}
