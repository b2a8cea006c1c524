"""The values of a run that a script cannot know beforehand, each by the name of the variable that holds its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from compliance.catalogue import Untested
from compliance.contract.inputs import inputs_of
from compliance.target.actors import Actor, basic_value
from compliance.target.ledger import Row
from compliance.target.reach import Target
from compliance.target.tokens import Place

#: Around the name of a variable that stands for a value of this run.
OPEN, CLOSE = "\ue000", "\ue001"


def names_of(target: Target, actors: list[Actor], rows: list[Row], set_before: set[str]) -> Mapping[str, str]:
    """The variable in place of each value of this run, longest value first; set_before: those that the steps before set."""
    names: dict[str, str] = {}
    for row in sorted((row for row in rows if kept(row)), key=lambda row: len(row.path)):
        place = row.path.rpartition("/")[0]
        above = max((path for path in names if f"{place}/".startswith(f"{path}/")), key=len, default="")
        names[row.path] = f"{names.get(above, '')}{place[len(above) :]}/{marked(variable(row))}"
        if row.resource.parent:  # an intruder looks for it below rows of his own
            tail = f"/{place.rpartition('/')[2]}/"
            names[tail + row.path[len(place) + 1 :]] = f"{tail}{marked(variable(row))}"
    for row in target.ledger.rows:
        if kept(row):
            fields = {row.resource.parameter, *(row.resource.identifier or ())[-1:]} if row in rows else set()
            fields |= _owner_fields(target) if row.account and variable(row) in set_before else set()
            names |= {in_field(str(name), row.identifier): marked(variable(row)) for name in fields}
    for actor in actors:
        names |= _names_of_actor(target, actor)
    names[target.tag] = marked("tag")
    return dict(sorted(names.items(), key=lambda pair: -len(pair[0])))


def _names_of_actor(target: Target, actor: Actor) -> dict[str, str]:
    """What an actor says of itself, however it is written."""
    tokens = (*target.secrets.tokens.get(actor.name, ()), actor.token)
    values = dict.fromkeys(tokens, f"{actor.name}_token") | {actor.password: f"{actor.name}_password"}
    if says_basic(actor):
        values[_basic(actor)] = f"{actor.name}_basic"
    if actor.registration is not None and actor.username and target.tag not in actor.username:
        values[actor.username] = f"{actor.name}_name"
    return {
        form: marked(name)
        for value, name in values.items()
        for form in (value, quote(value, safe=""), quote_plus(value))
        if form
    }


def marked(name: str) -> str:
    """The name of a variable as it stands in a text until the text is written as an f-string."""
    return f"{OPEN}{name}{CLOSE}"


def in_field(name: str, value: Any) -> str:
    """The key under which the value of a field of that name is known, numbers too; no text holds it."""
    return f"{name}\0{value!r}"


def _owner_fields(target: Target) -> set[str]:
    """The fields of bodies that say whose a row is."""
    updates = [update for resource in target.contract.resources for update in resource.updates]
    fields = [field for update in updates for field in inputs_of(update, target.contract.resolver)]
    return {field.path[-1] for field in fields if field.owner}


def says_basic(actor: Actor) -> bool:
    """Whether its name and password go into the header Authorization, with every request or to log in."""
    asked = actor.entry.request_headers if actor.entry else ()
    return actor.basic or any(value == f"Basic {_basic(actor)}" for _, value in asked)


def _basic(actor: Actor) -> str:
    return basic_value(actor.username, actor.password).partition(" ")[2]


def kept(row: Row) -> tuple[tuple[str, Place], ...]:
    """What to keep of the answer that created a row: its id, where the answer tells it."""
    path = ("id",) if row.resource.identifier is None else row.resource.identifier
    try:
        told = row.origin is not None and row.origin.field(path) == row.identifier
    except Untested:
        told = False
    return ((variable(row), Place("field", path)),) if told else ()


def variable(row: Row) -> str:
    """A name for the id of a row: whose, of what, and its number in the ledger."""
    noun = re.sub(r"\W+", "_", row.resource.collection.rpartition("/")[2]) or "row"
    return f"{row.owner.name}_{noun}_{row.number}"
