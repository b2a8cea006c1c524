"""Searching a list for words, and for characters that a database takes for more than characters."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.paths import normal, path_words, vocabulary
from compliance.contract.selecting import item_fields, text_limits
from compliance.contract.subjects import searched_lists
from compliance.target.listing import allowed
from compliance.target.reach import Target
from compliance.target.selections import Searched, Selection
from compliance.target.tidying import alike

#: What an item or a path says where a search finds the nearest and not the equal.
_NEARNESS = vocabulary(
    "score similarity distance relevance rank semantic similar recommend recommendations suggest"
)
#: A character that no pattern language knows, for words that only differ from a wildcard in it.
_PLAIN_MARK = "~"
#: Characters of a word of which one can be left out and the rest still says which word it is.
_LONG = 8


@rule(
    "PAG-013",
    "A search finds what matches and nothing else",
    level=Level.SHOULD,
    subjects=searched_lists,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def search_finds_what_matches(target: Target, listing: ListOperation) -> None:
    """
    Why: a search that is accepted and ignored looks like success, and its user believes that everything matched.

    Breaks: `search: str = ""` in the signature, and a repository that is never told of it

    Conforms: `.where(or_(User.full_name.icontains(search, autoescape=True), …))` before the limit
    """
    searched = target.selections.searched(listing)
    _must_be_taken(searched)
    _nothing_holds_an_odd_word(target, listing, searched)
    if not searched.found:
        _must_find(target, listing, searched)
    _finds_it_on_a_small_page(target, listing, searched)


@rule(
    "PAG-014",
    "A search takes wildcards literally",
    level=Level.SHOULD,
    subjects=searched_lists,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def search_takes_wildcards_literally(target: Target, listing: ListOperation) -> None:
    """
    Why: `_` for a search is then a scan of the table, and what really holds a percent sign is not to be found.

    Breaks: `User.full_name.ilike(f"%{search}%")`

    Conforms: `User.full_name.icontains(search, autoescape=True)`
    """
    searched = target.selections.searched(listing)
    _must_be_taken(searched)
    if not searched.found:
        raise Untested("the search does not find a row by its own words, so that no other word says anything")
    if len(searched.word) < _LONG:
        raise Untested("the text that is searched for is too short to be searched for in part")
    _stands_for_itself(target, listing, searched, "_", 1)
    _stands_for_itself(target, listing, searched, "%", 2)
    _finds_wildcards(target, listing, searched)


def _must_be_taken(searched: Searched) -> None:
    if searched.answer.refused:
        raise Untested(f"{searched.answer.exchange}: such a search is refused")


def _again(target: Target, listing: ListOperation, searched: Searched, word: str) -> Selection:
    return target.selections.of(listing, {searched.parameter: word}, searched.created.owner)


def _nothing_holds_an_odd_word(target: Target, listing: ListOperation, searched: Searched) -> None:
    """Raises Violation where a word that nothing holds finds something, and another one as well."""
    _, longest = text_limits(listing, searched.parameter)
    for number in (0, 1):
        odd = _again(target, listing, searched, target.selections.odd_word(number)[:longest])
        if odd.refused:
            raise Untested(f"{odd.exchange}: such a search is refused")
        if not odd.items:
            return
        if _finds_the_nearest(target, listing, odd):
            raise Untested("the list ranks its items by nearness, so that every word finds something")
    raise Violation(
        "a search finds what does not match",
        "no items for a word that nothing holds",
        f"{len(odd.items)} items",
        [searched.answer.exchange, odd.exchange],
    )


def _finds_the_nearest(target: Target, listing: ListOperation, odd: Selection) -> bool:
    said = {normal(name) for name in item_fields(target.contract, listing)}
    said |= {normal(str(name)) for item in odd.items[:1] if isinstance(item, Mapping) for name in item}
    return bool((said | path_words(listing.operation.path)) & _NEARNESS)


def _must_find(target: Target, listing: ListOperation, searched: Searched) -> None:
    """Raises Violation where a row is there and its text, which any search would read, does not find it."""
    plain = target.selections.of(listing, {}, searched.created.owner)
    again = _again(target, listing, searched, searched.word)
    if target.selections.has(again, searched.created):
        raise Untested("the row was found once and once not")
    parameter = listing.operation.query(searched.parameter)
    optional = parameter is not None and not parameter.required
    if not searched.likely or (optional and not target.selections.has(plain, searched.created)):
        raise Untested("the row is not found, and perhaps nothing of it that the list shows is searched")
    raise Violation(
        "a search does not find what matches",
        "the row whose text holds the word",
        f"{again.exchange.status} with {len(again.items)} other items",
        [plain.exchange, again.exchange],
    )


def _finds_it_on_a_small_page(target: Target, listing: ListOperation, searched: Searched) -> None:
    """Raises Violation where only what lies on the first page is searched: a small one of what lies further holds nothing."""
    selections, size = target.selections, allowed(listing, 1)
    parameter = listing.operation.query(searched.parameter)
    if listing.size is None or (parameter and parameter.required):
        return
    behind = _behind(target, listing, searched, size)
    if not behind:
        with suppress(Untested):
            target.create(searched.resource, target.alice, usable=False)
            behind = _behind(target, listing, searched, size)
    if not behind:
        return

    def look(size: int | None = None) -> Selection:
        where = {searched.parameter: behind[-1]}
        return selections.of(listing, where, searched.created.owner, size=size)

    if _is_held(look(size)) or not target.patience.until(_is_held, look).items:
        return  # or an index has not heard of it yet
    small, large = look(size), look()
    if not _is_held(small) and large.items:
        raise Violation(
            "only the first page is searched",
            "what matches, on a page of any size",
            "nothing on a small one",
            [large.exchange, small.exchange],
        )


def _is_held(look: Selection) -> bool:
    return look.refused or bool(look.items)


def _behind(target: Target, listing: ListOperation, searched: Searched, size: int) -> list[str]:
    """The words of the run in items that do not lie on the first page of that size."""
    plain = target.selections.of(listing, {}, searched.created.owner)
    found = [target.selections.own_words(item) for item in plain.items[size:]]
    return [word for item in found for name, word in item if name == searched.field]


def _stands_for_itself(
    target: Target, listing: ListOperation, searched: Searched, wildcard: str, room: int
) -> None:
    """Raises Violation where a wildcard in place of some letters of a word finds it, twice, and another mark there does not."""
    selections, word = target.selections, searched.word
    middle = len(word) - 4

    def found_by(mark: str) -> Selection | None:
        answer = _again(target, listing, searched, word[:middle] + mark + word[middle + room :])
        return answer if not answer.refused and selections.has(answer, searched.created) else None

    first = found_by(wildcard)
    if first is None:
        return
    if found_by(_PLAIN_MARK) is not None:
        raise Untested("the search finds words by their parts, whatever mark stands between them")
    if (second := found_by(wildcard)) is None:
        raise Untested("a wildcard found the row once and once not")
    raise Violation(
        "a search takes wildcards for patterns",
        f"nothing, as {wildcard!r} stands in no text of the row",
        "the row",
        [searched.answer.exchange, second.exchange],
    )


def _finds_wildcards(target: Target, listing: ListOperation, searched: Searched) -> None:
    """Raises Violation where a row with these characters in its text, which the list shows, is not found by that text."""
    selections, odd = target.selections, target.selections.odd_word(2)
    text, name = f"{odd}50%_{odd[::-1]}", _telling_field(target, searched)
    if not name or len(text) > text_limits(listing, searched.parameter)[1]:
        return
    with suppress(Untested):
        row = selections.plant(searched.resource, {name: text})
        shown = selections.item_of(selections.of(listing, {}, row.owner), row)
        if not (isinstance(shown, Mapping) and alike(text, shown.get(name))):
            return  # such characters are not kept as they were sent

        def look(word: str) -> Selection:
            return _again(target, listing, searched, word)

        answer = target.patience.until(
            lambda one: one.refused or selections.has(one, row), lambda: look(text)
        )
        if answer.refused or selections.has(answer, row) or not selections.has(look(odd), row):
            return
        raise Violation(
            "a search does not find wildcards in a text",
            "the row with that text",
            f"{len(answer.items)} items",
            [row.exchange, answer.exchange],
        )


def _telling_field(target: Target, searched: Searched) -> str:
    """The field of the listed row that holds nothing but the word that was searched for, empty where none does."""
    item: Any = target.selections.item_of(searched.answer, searched.created)
    fields = item.items() if isinstance(item, Mapping) else ()
    return next((str(name) for name, value in fields if value == searched.word), "")
