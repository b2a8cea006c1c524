"""Which GETs change things, or may: such a request is never sent, whatever its method promises.

Words tell of most, and so does a shape: one word behind a parameter or behind "me" that names no resource, where the
document shows no answer of its own, is something that is done to what stands before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from compliance.contract.model import Contract, Operation
from compliance.contract.paths import canonical, is_parameter, normal, segments, singular, vocabulary, words

#: What is done to things, wherever in a path it stands. None of them is the usual name of anything.
_DONE = vocabulary(
    "accept acknowledge activate approve archive assign ban cancel clear confirm create deactivate decline "
    "decrement del delete demote deny deploy destroy disable dismiss downvote drop edit enable erase evict "
    "execute expire finalise finalize finish flush forget grant increment initialize initialise insert invalidate "
    "kick kill logoff logout migrate modify patch populate poweroff promote publish purge reboot rebuild recreate "
    "redeem refresh regenerate reindex reinitialize reject remove rename renew reopen reset restart restore resume retry "
    "revoke rm rollback rotate send shutdown signoff signout suspend sync synchronize terminate toggle trigger "
    "truncate unarchive unassign unban unblock undelete unfavorite unfavourite unfollow uninstall unlike unmute "
    "readall unpin unpublish unstar unsubscribe unsuspend update upgrade upsert upvote vacuum withdraw wipe"
)
#: Words that are a deed where a segment begins with them, and a thing in other places.
_DEEDS = _DONE | vocabulary(
    "ack add backup block build buy callback change checkout cron export follow gc generate import increase init install "
    "join lock make mark notify pop process put reload run save seed set start stop subscribe unlock verify vote "
    "write"
)
#: Deeds that are usual names of things as well: `/archive`, `/block/{height}`; done to an item they are deeds.
_BOTH = vocabulary("archive block build change process set vote")
#: Words that are deeds where one of them is all that is said of an item, or of oneself.
_TO_IT = vocabulary(
    "book close complete decrease done down empty end fail favorite favourite finished favour hide increase leave "
    "like load mute off on open pay pause pin ping play read rate sell share ship skip star submit switch test "
    "transfer up use watch"
)
#: Whoever asks, or the session that he is in.
_ONESELF = vocabulary("account cart me myself oneself self session")
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
#: Usual names of what an item has or is shown as, beside plurals and words like "location" and "payment".
_SHOWN = _TOLD | vocabulary(
    "about access activity actuator address alive all api author avatar balance banner bio body calendar card category "
    "chart check city code content contents contract country cover csv current customer dashboard data date default "
    "delta description diff document download email embed extended feed file first full game geo graph head healthcheck heartbeat hello "
    "html icon id image inbox index invoice item json key language last latest license limit live liveness logo manifest map "
    "markdown me media menu meta metadata my name next note order original output outline overview owner page "
    "parent pdf phone photo picture plan png policy poster preview previous price print profile public qr qrcode "
    "quota random rank rating raw readiness readme ready recent role root route rss score search self seller series shop similar size "
    "snapshot source space stock stream structure subtree svg tag team text thread thumb thumbnail ticket tier time "
    "timeline today token top total trailer tree txt usage user value vcard version video view wallet weather "
    "whoami xml yaml zip"
)
#: How words end that are made to name something, or what was done to it before.
_NOUNS = (
    "tion",
    "sion",
    "ment",
    "ness",
    "ity",
    "ance",
    "ence",
    "ship",
    "ing",
    "ism",
    "ory",
    "ary",
    "gram",
    "ed",
)
#: Media types of what nobody answers to a deed.
_FILES = (
    "image/",
    "audio/",
    "video/",
    "text/csv",
    "application/pdf",
    "application/octet-stream",
    "application/zip",
)
#: Fields of an answer that only says how it went.
_NOTHING = vocabulary("message msg detail details status success ok result code error info data")
#: How the name of what something is done to begins in a sentence: `Close the account`.
_ARTICLES = vocabulary("a an all an every everything my own some that the this your account session user")


def changes_things(operations: Iterable[Operation], operation: Operation) -> bool:
    """Whether a GET's path, id or summary speaks of a deed, and not of things that a deed is done to by other methods.

    operations: all of the contract's, for what else is done at the same path.
    """
    around = _around(tuple(operations))
    here = canonical(operation.path)
    if here.endswith("{}") and here in around.changed:
        return False  # `GET /run/{id}` beside its DELETE: the path names a thing
    parts = segments(operation.path)
    names = [part for part in parts if not is_parameter(part)]
    if names and {singular(word) for word in words(names[-1])[-1:]} & _singular(_TOLD):
        return False
    deeds = (_is_deed(name, before) for before, name in zip(["", *parts], parts, strict=False))
    return any(deeds) or _is_said(operation) or _is_done_to_it(around, operation)


def is_plainly_a_read(contract: Contract, operation: Operation) -> bool:
    """Whether a GET is known to read: by its role, by what it is documented to answer or by the name of a thing.

    This is asked where a mistake would be somebody's loss: in the name of a person who was given, or where nothing may
    be changed at all.
    """
    if changes_things(contract.operations, operation):
        return False
    roles = [
        contract.me,
        *(one.operation for one in contract.lists),
        *(one.read for one in contract.resources),
    ]
    names = [part for part in segments(operation.path) if not is_parameter(part)]
    if operation in roles or _shows(operation) or not names:
        return True
    return any(is_parameter(part) for part in segments(operation.path)[-1:]) or _is_a_thing(names[-1])


class _Around:
    """What a contract does elsewhere: the canonical paths that are changed, and those that something lies below."""

    def __init__(self, operations: tuple[Operation, ...]) -> None:
        self.changed = {canonical(o.path) for o in operations if o.method in ("PUT", "PATCH", "DELETE")}
        paths = {canonical(operation.path) for operation in operations}
        self.inner = {path.rpartition("/")[0] for path in paths}
        #: the schema that reading an item shows, by its canonical path
        self.shapes = {
            canonical(o.path): o.success.name
            for o in operations
            if o.method == "GET" and o.success is not None and o.success.name
        }


@lru_cache(maxsize=4)
def _around(operations: tuple[Operation, ...]) -> _Around:
    return _Around(operations)


def _is_deed(segment: str, before: str) -> bool:
    parts = words(segment)
    item = is_parameter(before) or before.lower() in _ONESELF
    if not parts or is_parameter(segment) or (segment.lower() in _BOTH and not item):
        return False
    first, last, whole = parts[0], parts[-1], normal(segment)
    joined = any(
        one.startswith(verb) and one.removeprefix(verb) in _THINGS
        for one in (first, whole)
        for verb in _DEEDS
    )
    return first in _DEEDS or last in _DONE or whole in _DONE or joined


def _is_said(operation: Operation) -> bool:
    """Whether the operation's id or summary begins with a deed; frameworks put modules and classes before a dot."""
    if _is_many(operation):
        return False
    return any(
        _begins_with_a_deed(words(said))
        for said in (operation.operation_id.rpartition(".")[2], operation.summary)
    )


def _begins_with_a_deed(said: tuple[str, ...]) -> bool:
    """`Log out`, `deleteEverything`, `Close the account`; some words begin the name of a thing as well: `update_status`."""
    if not said:
        return False
    first, second = said[0], "".join(said[1:2])
    sure = _DONE - {"update", "confirm", "publish", "archive", "refresh"}
    return (
        first in sure
        or first + second in sure
        or (first in _DEEDS | _TO_IT - {"read"} and second in _ARTICLES)
    )


def _is_done_to_it(around: _Around, operation: Operation) -> bool:
    """Whether a path ends with what is done to the item, or to the person, before it."""
    parts = segments(operation.path)
    if len(parts) < 2 or is_parameter(parts[-1]) or _is_many(operation):
        return False
    word, before, here = parts[-1].lower(), parts[-2], canonical(operation.path)
    if not (is_parameter(before) or before.lower() in _ONESELF):
        return False
    if here in around.changed or here in around.inner:
        return False
    if word in _TO_IT:
        return True
    own = _shows(operation) and not _is_shown_there(around, operation, here.rpartition("/")[0])
    return len(words(word)) == 1 and not own and not _is_a_thing(word)


def _is_shown_there(around: _Around, operation: Operation, item: str) -> bool:
    """Whether the answer is the item itself, as reading it shows it: then it is what became of it."""
    return bool(
        operation.success and operation.success.name and operation.success.name == around.shapes.get(item)
    )


def _is_many(operation: Operation) -> bool:
    return operation.success is not None and (operation.success.schema or {}).get("type") == "array"


def _shows(operation: Operation) -> bool:
    """Whether the document shows what it answers: a file, many, or an object that says more than how it went."""
    good = [answer for code, answer in operation.responses.items() if code.startswith("2")]
    if any(kind.startswith(_FILES) for answer in good for kind in answer.media_types):
        return True
    schema: Mapping[str, Any] = (operation.success.schema if operation.success else None) or {}
    fields = schema.get("properties")
    told = {normal(str(name)) for name in fields} if isinstance(fields, Mapping) else set()
    return _is_many(operation) or bool(told - _NOTHING)


def _is_a_thing(name: str) -> bool:
    """Whether a name is that of something, not of a deed: plural, made to be a noun, or known as one."""
    parts = words(name)
    last = parts[-1] if parts else ""
    return last in _SHOWN or singular(last) != last or last.endswith(_NOUNS) or any(c.isdigit() for c in last)


@lru_cache(maxsize=2)
def _singular(vocabulary_: frozenset[str]) -> frozenset[str]:
    return vocabulary_ | {singular(word) for word in vocabulary_}
