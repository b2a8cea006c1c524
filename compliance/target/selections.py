"""Lists as they are searched, filtered and sorted: what they then show, and whether that is all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Untested
from compliance.contract.fields import body_fields
from compliance.contract.model import FieldPath, ListOperation, Resource
from compliance.contract.paths import normal, vocabulary, words
from compliance.contract.selecting import search_of, text_limits
from compliance.target.actors import Actor
from compliance.target.confirmation import shows
from compliance.target.listing import Page, allowed, fetch, identity, leads_on
from compliance.target.rows import Created
from compliance.target.tape import Exchange

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Fields that whoever searches means.
_TELLING = vocabulary(
    "name title subject label headline text body content description email username login summary"
)
#: Letters that stand for hexadecimal digits in a word that nothing holds.
_ODD = str.maketrans("0123456789abcdef", "ghjkmnpqrstvwxyz")
#: Sizes of a page that are tried, the largest first.
_SIZES = (100, 50, 20)


@dataclass(frozen=True, eq=False)
class Selection:
    """One page, as large as it may be, of what a list shows on some conditions."""

    listing: ListOperation
    page: Page
    target: Target = field(repr=False)
    actor: Actor | None
    where: Mapping[str, Any]

    @property
    def exchange(self) -> Exchange:
        return self.page.exchange

    @property
    def items(self) -> tuple[Any, ...]:
        return self.page.items

    @property
    def refused(self) -> bool:
        """Whether the service does not take such conditions; that nothing is found is no refusal."""
        return (400 <= self.exchange.status < 500 and self.exchange.status != 404) or self.page.denied

    @cached_property
    def keys(self) -> list[str]:
        """What tells the items apart, in their order."""
        return [repr(identity(item)) for item in self.items]

    @cached_property
    def complete(self) -> bool:
        """Whether there is nothing behind this page; asks for another one where it does not say so."""
        listing, page = self.listing, self.page
        if not page.exchange.ok or listing.style == "none":
            return True
        if page.total is not None and page.total <= len(page.items):
            return page.total == len(page.items)
        if page.total is not None or leads_on(listing, page):
            return False
        if listing.style == "cursor":
            return True
        if listing.style not in ("page", "offset") or not page.items:
            return not page.items
        behind = fetch(
            self.target,
            listing,
            size=self.target.selections.sizes.get(listing.label),
            page=2 if listing.style == "page" else len(page.items),
            strict=False,
            actor=self.actor,
            where=self.where,
        )
        return not behind.items and (behind.exchange.ok or behind.exchange.status == 404)


@dataclass(frozen=True, eq=False)
class Searched:
    """A row of the run's own with a word in what its list shows of it, and the answer to a search for that word.

    field: where the word stands; likely: a search will hardly not look there.
    """

    parameter: str
    resource: Resource
    created: Created
    word: str
    field: str
    answer: Selection

    @property
    def likely(self) -> bool:
        return bool(set(words(self.field)) & _TELLING)

    @property
    def found(self) -> bool:
        return self.answer.target.selections.has(self.answer, self.created)


class Selections:
    """What the lists of a target show on conditions; a search that several rules need is made once."""

    def __init__(self, target: Target) -> None:
        self._target = target
        #: the size of page that a list grants
        self.sizes: dict[str, int] = {}
        self._searched: dict[str, Searched] = {}

    def of(
        self,
        listing: ListOperation,
        where: Mapping[str, Any],
        actor: Actor | None = None,
        *,
        size: int | None = None,
        strict: bool = True,
    ) -> Selection:
        """What a list shows on these conditions. Raises Untested when strict and it neither answers nor refuses.

        actor: who asks; else whoever may.
        """
        wished = [size or self.sizes.get(listing.label, 0)]
        for wish in wished if any(wished) else _SIZES:
            granted = allowed(listing, wish)
            page = fetch(self._target, listing, size=granted, strict=False, actor=actor, where=where)
            if page.exchange.ok and not page.denied and size is None:
                self.sizes[listing.label] = granted
            if page.exchange.status not in (400, 422):
                break
        if strict and (page.exchange.status >= 500 or 300 <= page.exchange.status < 400):
            raise Untested(f"{page.exchange}: neither a page nor a refusal")
        return Selection(listing, page, self._target, actor, where)

    def has(self, selection: Selection, created: Created) -> bool:
        return self.item_of(selection, created) is not None

    def item_of(self, selection: Selection, created: Created) -> Any:
        """The row as a list shows it, None where it does not."""
        return next((item for item in selection.items if shows(self._target, item, created)), None)

    def odd_word(self, number: int = 0) -> str:
        """A word that no text of anybody's holds, unlike those of the run's own rows."""
        return "zq" + self._target.tag.translate(_ODD) + "wvxzy"[number % 5]

    def searched(self, listing: ListOperation) -> Searched:
        """The search for a row of the run's own, the first that finds it. Raises Untested where there is none to search for."""
        if listing.label not in self._searched:
            self._searched[listing.label] = self._search(listing)
        return self._searched[listing.label]

    def _search(self, listing: ListOperation) -> Searched:
        """By the row that there is, else by one that has a text wherever it can have one: any of them may be searched."""
        resource = resource_of(self._target, listing)
        confirmed = self._target.confirmed(resource)
        confirmed.must("create", "list")
        tried = self._tried(listing, resource, confirmed.created)
        if not (tried and (tried[-1].found or tried[-1].answer.refused)):
            with suppress(Untested):
                full = self.plant(resource, {}, fill_all=True)
                self._target.patience.until(
                    lambda one: self.has(one, full), lambda: self.of(listing, {}, full.owner)
                )
                more = self._tried(listing, resource, full)
                tried = more or tried
        if not tried:
            raise Untested("the list shows no text of a row that could be searched for")
        likely = next((one for one in tried if one.likely), tried[0])
        return tried[-1] if tried[-1].found else likely

    def _tried(self, listing: ListOperation, resource: Resource, created: Created) -> list[Searched]:
        """The searches for a row by its words, the last of which found it if any does."""
        parameter, tried = search_of(self._target.contract, listing) or "", list[Searched]()
        lowest, highest = text_limits(listing, parameter)
        for name, word in self._words(listing, created):
            if not lowest <= len(word) <= highest:
                continue

            def look(word: str = word) -> Selection:
                return self.of(listing, {parameter: word}, created.owner)

            def good(one: Selection) -> bool:
                return one.refused or self.has(one, created)

            answer = look() if tried else self._target.patience.until(good, look)
            tried.append(Searched(parameter, resource, created, word, name, answer))
            if tried[-1].found:
                break
        return tried

    def _words(self, listing: ListOperation, created: Created) -> list[tuple[str, str]]:
        """The fields that a list shows of a row with the words of this run in them, those in telling fields first."""
        parameter = listing.operation.query(search_of(self._target.contract, listing) or "")
        item = created.exchange.value
        if not (parameter and parameter.required):
            item = self.item_of(self.of(listing, {}, created.owner), created)
        found = {word: name for name, word in reversed(self.own_words(item))}
        return sorted(
            ((name, word) for word, name in found.items()), key=lambda one: not set(words(one[0])) & _TELLING
        )[:3]

    def own_words(self, item: Any) -> list[tuple[str, str]]:
        """The words of an item that only this run sends, with the names of their fields."""
        found = [(name, word) for name, text in _leaves(item) for word in re.findall(r"[A-Za-z0-9]+", text)]
        return [(name, word) for name, word in found if self._target.tag in word]

    def plant(self, resource: Resource, values: Mapping[str, Any], *, fill_all: bool = False) -> Created:
        """A new row with these values in the fields of those names. Raises Untested where that is not to be had."""
        target, create = self._target, resource.create
        if create is None or resource is target.contract.accounts:
            raise Untested(f"nothing creates rows of chosen values in {resource.collection}")
        made = target.confirmed(resource)
        made.must("create")
        sender = target.actors.get(made.created.exchange.actor, made.created.owner)
        places = fields_named(target, resource, values)
        given = {places[name]: value for name, value in values.items()}
        body = target.body(create, given, actor=sender, fill_all=fill_all)
        exchange = target.call(create, sender, target.path_values(create, made.created.owner), **body)
        row = target.ledger.made_by(exchange)
        if not exchange.ok or row is None:
            raise Untested(f"{exchange}: a row with chosen values is not taken")
        return Created(row, body.get("json", body.get("form")), exchange)


def resource_of(target: Target, listing: ListOperation) -> Resource:
    """What a list is the list of. Raises Untested where nothing creates in it."""
    found = next((one for one in target.contract.resources if one.listing is listing and one.create), None)
    if found is None:
        raise Untested(f"nothing creates what {listing.label} lists, so that nothing is known of its items")
    return found


def fields_named(target: Target, resource: Resource, names: Mapping[str, Any]) -> dict[str, FieldPath]:
    """The fields of the create's body by those names. Raises Untested where it does not have one of them."""
    body = resource.create.body if resource.create else None
    known = {normal(path[-1]): path for path, _ in body_fields(target.contract.resolver, body)}
    missing = [name for name in names if normal(name) not in known]
    if missing:
        raise Untested(f"whoever creates in {resource.collection} does not say {', '.join(missing)}")
    return {name: known[normal(name)] for name in names}


def is_sent(target: Target, resource: Resource, name: str) -> bool:
    """Whether whoever creates a row says what stands in the field of that name."""
    with suppress(Untested):
        return bool(fields_named(target, resource, {name: None}))
    return False


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The texts of an item with the names of their fields."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, str(key))
    elif isinstance(value, list):
        for inner in value[:20]:
            yield from _leaves(inner, name)
