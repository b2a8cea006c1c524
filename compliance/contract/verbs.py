"""Paths that say what is done (`/users/create`, `/users/{id}/edit`) instead of leaving it to the method."""

from __future__ import annotations

from compliance.contract.paths import canonical, is_parameter, normal, segments, singular, vocabulary, words

CREATE = vocabulary("create add new insert store submit register signup upload")
UPDATE = vocabulary("update edit modify change patch save")
DELETE = vocabulary("delete remove destroy")
_READ = vocabulary("list all index search findall getall get fetch read view detail details find recent my")
#: What may stand between a verb and its noun: `getItemById`.
_FILLING = vocabulary("by id of the a an one single")
_VERBS = CREATE | UPDATE | DELETE | _READ


def without_verb(path: str) -> tuple[str, str | None]:
    """The canonical path without its verb, and the verb: `/users/delete/{id}` is `/users/{}` and `delete`."""
    parts = segments(path)
    for place in range(1, len(parts)):
        last = place == len(parts) - 1
        before_item = place == len(parts) - 2 and is_parameter(parts[-1])
        verb = _verb(parts[place], _noun_before(parts, place)) if last or before_item else None
        if verb:
            return canonical("/".join(parts[:place] + parts[place + 1 :])), verb
    return canonical(path), None


def _verb(segment: str, noun: str) -> str | None:
    """The verb, if the segment is nothing else but perhaps the noun before it (`/users/create-user`)."""
    if is_parameter(segment):
        return None
    parts = words(segment)
    verbs = [word for word in parts if word in _VERBS]
    rest = "".join(word for word in parts if word not in _VERBS | _FILLING)
    strangers = rest and singular(rest) != noun
    return verbs[0] if verbs and not strangers else None


def _noun_before(parts: list[str], place: int) -> str:
    name = next((part for part in reversed(parts[:place]) if not is_parameter(part)), "")
    return singular(normal(name))
