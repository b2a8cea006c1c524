"""The roles of a resource, looked at in the running service: what the document suggests is a hypothesis until then.

Create, find it in the list, read it by its id: only where these speak of the same row may anything be concluded
from an update, a delete, a missing row or a wrong value. Doubt costs coverage; it is never a violation.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from compliance.catalogue import Need, Untested
from compliance.contract.model import Resource
from compliance.target.actors import Actor
from compliance.target.births import answered, key_in, texts
from compliance.target.listing import has_identity, whole
from compliance.target.rows import Created
from compliance.target.tape import Exchange

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: A number that is an id nearly everywhere and belongs to nobody.
ABSENT = 2_000_000_011
#: Characters in which an id has to differ from a known one, so that nobody has it by chance.
_ENOUGH = 4


@dataclass(frozen=True, eq=False)
class Confirmation:
    """A row that was created for the look, the first answer to reading it, and what stays doubtful by role."""

    created: Created
    look: Exchange | None
    doubts: Mapping[str, str]

    def must(self, *roles: str) -> None:
        """Raises Untested where one of these roles (create, read, list) is in doubt, with what was seen."""
        for role in roles:
            if role in self.doubts:
                raise Untested(self.doubts[role])


def confirm(target: Target, resource: Resource) -> Confirmation:
    """Look at a sample of alice's. Raises Untested where there is none."""
    created = target.sample(resource, target.alice)
    look = target.rows.arrived(created)
    doubts = {
        "create": _doubt_of_create(target, resource, created),
        "read": _doubt_of_read(target, resource, created, look),
        "list": _doubt_of_list(target, resource, created),
    }
    return Confirmation(created, look, {role: doubt for role, doubt in doubts.items() if doubt})


def shows(target: Target, answer: Any, created: Created) -> bool:
    """Whether a body shows the row: a text that only this run sends, or the row's own id."""
    if texts(answer, target.tag) & texts(created.sent, target.tag):
        return True
    told = key_in(answer, created.row.resource) if isinstance(answer, Mapping) else answer
    return told is not None and str(told) == str(created.identifier)


def _doubt_of_create(target: Target, resource: Resource, created: Created) -> str:
    """A search or a calculation by POST shows neither what was sent nor another id the second time, whatever its status."""
    if resource is target.contract.accounts or target.ledger.is_ours(created.row):
        return ""
    return target.ledger.doubt_of(created.row)


def _doubt_of_read(target: Target, resource: Resource, created: Created, look: Exchange | None) -> str:
    if look is None or resource.read is None:
        return f"the document shows nothing that reads one of {resource.collection}"
    if not look.ok:
        return f"{look}: the owner cannot read what it created{_whoever_can(target, look)}"
    body = answered(look)
    if texts(body, target.tag) & texts(created.sent, target.tag):
        return ""
    if not shows(target, body, created):
        return f"{resource.read.label} shows neither the id nor the texts of what was created"
    values = target.path_values(resource.read, created.owner, created)
    parameter = resource.read.path_parameters[-1]
    absent = target.call(resource.read, created.owner, {**values, parameter: absent_like(values[parameter])})
    return f"{resource.read.label} answers {absent.status} for an id that nobody has" if absent.ok else ""


def _doubt_of_list(target: Target, resource: Resource, created: Created) -> str:
    """Only a list that was read to its end can be said not to show a row."""
    if resource.listing is None:
        return f"the document shows no list of {resource.collection}"
    listing, owner = resource.listing, created.owner

    def is_shown(read: tuple[list[Any], bool]) -> bool:
        items, complete = read
        return not complete or any(shows(target, item, created) for item in items)

    try:
        read = whole(target, listing, owner)
        if is_shown(read) or _grows(target, resource, owner, len(read[0])):
            return ""
        if is_shown(target.patience.until(is_shown, lambda: whole(target, listing, owner))):
            return ""
    except Untested as reason:
        return str(reason)
    return f"{listing.label} does not show what {created.exchange.operation} creates"


def _grows(target: Target, resource: Resource, owner: Actor, held: int) -> bool:
    """Whether a list whose items say nothing of which rows they are holds one more after another create."""
    if resource.listing is None or resource is target.contract.accounts or not held:
        return False
    target.create(resource, owner)
    items, complete = whole(target, resource.listing, owner)
    return complete and len(items) == held + 1 and not any(map(has_identity, items))


def _whoever_can(target: Target, look: Exchange) -> str:
    """Who may be allowed to what the owner is not, where nobody of that kind was given."""
    ask = look.status == 403 and target.lacks(Need.ADMIN)
    return f"; perhaps an administrator can: {Need.ADMIN.value}" if ask else ""


def absent_like(known: Any) -> Any:
    """An id of the same kind that belongs to nobody: a far number, or a text that is written as the known one is."""
    text = str(known)
    if text.removeprefix("-").isdecimal():
        return -ABSENT if text[0] == "-" else ABSENT
    return _written_alike(text) or str(uuid4())


def _written_alike(text: str) -> str:
    """A text whose longest part ends in other characters of its own, each of the same sort: ids of a fixed form keep it.

    An id of MongoDB, a ULID, and a UUID whose version a service looks at are such. The last part is another one as well: behind
    the words of a title it may be all that counts. Empty where there is too little to change.
    """
    parts = list(re.finditer(r"[^\W_]+", text))
    if not parts:
        return ""
    longest = max(parts, key=lambda found: len(found[0]))
    kept = len(longest[0]) // 2
    changed, count = _others(longest[0][kept:], longest[0])
    altered = f"{text[: longest.start() + kept]}{changed}{text[longest.end() :]}"
    if longest is not parts[-1]:
        altered = altered[: parts[-1].start()] + _others(parts[-1][0], text)[0] + text[parts[-1].end() :]
    return altered if count >= _ENOUGH else ""


def _others(text: str, choice: str) -> tuple[str, int]:
    """The text with others of the characters to choose from, each of the same sort, and how many were to be had."""
    changed, count = "", 0
    for one in text:
        sort = next((sort for sort in (str.isdecimal, str.islower, str.isupper) if sort(one)), None)
        others = sorted({other for other in choice if sort and sort(other)} - {one})
        changed += random.choice(others) if others else one  # noqa: S311
        count += bool(others)
    return changed, count
