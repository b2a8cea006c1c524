"""Objects that are somebody's alone: who reads them, who finds them in a list, who learns that they are there."""

from __future__ import annotations

import re
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Resource
from compliance.contract.paths import normal, vocabulary
from compliance.contract.relations import split
from compliance.contract.subjects import created_resources
from compliance.target.actors import leaves
from compliance.target.births import answered, own_fields, texts
from compliance.target.reach import Target
from compliance.target.strangers import Look, absent, is_hidden, item_shown, look, selected
from compliance.target.tape import Exchange

#: Fields of which a list may show something hidden on purpose: what it is called.
NAMES = vocabulary(
    "name title slug label username handle displayname nickname fullname firstname lastname email"
)


@rule(
    "ACC-004",
    "Another user's private object cannot be read",
    level=Level.MUST,
    subjects=created_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def private_objects_cannot_be_read(target: Target, resource: Resource) -> None:
    """
    Why: the list keeps a secret that the address next to it tells to whoever counts.

    Breaks: `return await repository.get_by_id(note_id)` beside a list of the caller's own notes

    Conforms: `if note.owner_id != actor.id: raise NotFoundException()`
    """
    seen = look(target, resource)
    if not seen.let_in:
        _must_be_an_answer(seen.answer)
        return
    if resource is target.contract.accounts:
        raise NotApplicable("an account is shown to others, as profiles are")
    if not is_hidden(target, seen):
        raise NotApplicable(
            "its own owner does not find it in the list, so that nothing hides it from others"
        )
    if resource.read is None or target.call_on(seen.created, resource.read, target.anonymous).ok:
        raise NotApplicable("it is shown without credentials, to whoever has its address")
    # A list may lag behind for one reader and not for the other.
    if target.patience.until(bool, lambda: item_shown(target, seen) is not None):
        raise NotApplicable("everybody finds it in the list after a while, so that it is public")
    again = target.call_on(seen.created, resource.read, target.bob)
    if not again.ok:
        raise Untested(f"{again}: it was shown a moment before")
    raise Violation(
        "another user's private object can be read",
        "403 or 404, as the list shows it to its owner alone",
        f"{again.status} with what its owner wrote",
        [again],
    )


@rule(
    "ACC-007",
    "A list leaves out what its reader may not read",
    level=Level.MUST,
    subjects=created_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def lists_leave_out_what_may_not_be_read(target: Target, resource: Resource) -> None:
    """
    Why: what the address refuses must not stand in the list beside it.

    Breaks: `select(Note)` without `.where(Note.owner_id == actor.id)`

    Conforms: the condition of the read in the query of the list
    """
    if resource.listing is None:
        raise NotApplicable("no list shows it")
    seen = look(target, resource)
    if seen.let_in:
        raise NotApplicable("everybody may read it")
    _must_be_an_answer(seen.answer)
    row, item = selected(target, seen)
    if item is None:
        row, item = seen, item_shown(target, seen, to_its_end=True)
    told = _more_than_a_name(target, row, item)
    if not told:
        return
    listed = next(one for one in reversed(target.tape.exchanges) if target.tag in one.text)
    again = target.call_on(row.created, resource.read, target.bob) if resource.read else row.answer
    if again.ok:
        raise NotApplicable("everybody may read it after a while")
    raise Violation(
        "a list shows what its reader may not read",
        f"nothing of it, as its own address answers {again.status}",
        f"an item with its {told}",
        [again, listed],
    )


@rule(
    "ACC-013",
    "A hidden object looks like an absent one",
    level=Level.SHOULD,
    subjects=created_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def hidden_looks_like_absent(target: Target, resource: Resource) -> None:
    """
    Why: 403 beside 404 tells a stranger which ids are taken, one by one.

    Breaks: `if note.owner_id != actor.id: raise ForbiddenException()` in the read of private notes

    Conforms: `raise NotFoundException()` for both
    """
    seen = look(target, resource)
    if seen.let_in:
        raise NotApplicable("everybody may read it")
    _must_be_an_answer(seen.answer)
    if item_shown(target, seen) is not None:
        raise NotApplicable("everybody finds it in the list, so that it is no secret that it exists")
    never = absent(target, seen)
    if never.busy or never.status >= 500 or never.status in (400, 422) or seen.answer.ok or never.ok:
        raise Untested(f"{never}: it does not say that nothing is there")
    if seen.answer.status == never.status and _said(seen.answer) == _said(never):
        return
    expected, observed = str(never.status), str(seen.answer.status)
    if expected == observed:
        if _said(absent(target, seen)) != _said(never):
            return  # no two answers are alike, whatever they are about
        expected, observed = "the same words", "other words"
    raise Violation(
        "a hidden object is answered otherwise than an absent one",
        f"{expected}, as for an id that nobody has",
        observed,
        [never, seen.answer],
    )


def _must_be_an_answer(answer: Exchange) -> None:
    """Raises Untested where the service neither showed the row nor refused it."""
    if answer.busy or answer.status >= 500 or 300 <= answer.status < 400:
        raise Untested(f"{answer}: neither the object nor a refusal")


def _more_than_a_name(target: Target, seen: Look, item: Any) -> str:
    """A field of an item that holds a text of its owner's and is not what the row is called; empty where there is none.

    An item may hold no other text and be all that there is of the row.
    """
    sent = texts(seen.created.sent, target.tag)
    telling = [way[-1] for way, value in leaves(item) if texts(value, target.tag) & sent]
    beyond = next((name for name in telling if normal(name) not in NAMES), "")
    return beyond or ("every field" if _is_all_of_it(seen, item) else "")


def _is_all_of_it(seen: Look, item: Any) -> bool:
    """Whether an item says as much of the row as its own address says to its owner, and that is more than a name."""
    shown, known = own_fields(item), _unwrapped(answered(seen.genuine))
    beyond = {name for name in known if normal(name) not in NAMES and not split(name)[1]}
    return len(beyond) > 1 and all(shown.get(name) == value for name, value in known.items())


def _unwrapped(body: Any) -> dict[str, Any]:
    """The fields of an object without those that only wrap it."""
    return {name: value for name, value in own_fields(body).items() if not isinstance(value, dict)}


def _said(answer: Exchange) -> str:
    """The body without what names the row or the request: numbers, and whatever looks like an id of some kind."""
    return re.sub(r"[0-9a-f]*\d[0-9a-f-]*", "#", answer.text.lower())
