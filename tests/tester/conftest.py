"""Services to judge, each judged once a session however many tests look at the outcome."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from compliance.catalogue import Catalogue, Need, Phase, load
from compliance.depths import Examination, Nothing
from compliance.result import Run
from compliance.run import judge_source
from compliance.target.document import fetch_document
from tests.corpses import CORPSES, judge_corpse
from tests.homes import judge_home
from tests.insider import judge_inside
from tests.mutants import Mutant
from tests.service import judge_reference, serve_reference, source_of_reference

AtHome = Callable[[str], Run]
HomeOf = Callable[[Mutant], Run]
OnCorpse = Callable[[str], Run]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="session")
def reference() -> Iterator[str]:
    """The base URL of the reference, served for as long as the tests last."""
    with serve_reference() as base_url:
        yield base_url


@pytest.fixture(scope="session")
def document(reference: str) -> Mapping[str, Any]:
    return fetch_document(reference)


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest, catalogue: Catalogue, reference: str) -> Run:
    """The whole catalogue on the reference with every capability granted: served elsewhere, and watched from inside."""
    choose = _asked_for(request.session, "whole", catalogue)
    run = judge_reference(catalogue, reference, choose)
    if any(one.depth == "inside" and choose(Examination(one, Nothing())) for one in catalogue.rules):
        inside = judge_inside(catalogue, choose, whole=True).results
        run.results = [one for one in run.results if one.rule.depth != "inside"] + inside
        run.absent = [need for need in run.absent if need != Need.INSIDE]
    return run


@pytest.fixture(scope="session")
def at_home(catalogue: Catalogue) -> AtHome:
    """Another home than the reference, judged by the whole catalogue."""
    return functools.cache(lambda name: judge_home(name, catalogue))


@pytest.fixture(scope="session")
def home_of(catalogue: Catalogue, reference: str) -> HomeOf:
    """The home of a mutant judged by the rules that the mutant is judged by."""

    @functools.cache
    def judged(home: str, names: frozenset[str]) -> Run:
        def choose(one: Examination) -> bool:
            return one.rule.id in names

        if home:
            return judge_home(home, catalogue, choose)
        if all(name.endswith("@source") for name in names):
            return judge_source(catalogue, source_of_reference(), choose)
        if all(name.endswith("@inside") for name in names):
            return judge_inside(catalogue, choose)
        return judge_reference(catalogue, reference, choose)

    def home(mutant: Mutant) -> Run:
        return judged(mutant.home, frozenset(one.id for one in catalogue.rules if mutant.concerns(one)))

    return home


@pytest.fixture(scope="session")
def on_corpse(request: pytest.FixtureRequest, catalogue: Catalogue, document: Mapping[str, Any]) -> OnCorpse:
    """A corpse judged by the whole catalogue and the reference's document."""
    by_name = {corpse.name: corpse for corpse in CORPSES}
    choose = _asked_for(request.session, "on_corpse", catalogue)

    @functools.cache
    def judged(name: str) -> Run:
        return judge_corpse(by_name[name], catalogue, document, choose)

    return judged


def _asked_for(session: pytest.Session, fixture: str, catalogue: Catalogue) -> Callable[[Examination], bool]:
    """All rules; or, where every selected test of that fixture is about one rule, those rules.

    A rule that reads the traffic of all others comes to nothing without them.
    """
    tests = [item for item in session.items if fixture in getattr(item, "fixturenames", ())]
    names = {getattr(item, "callspec", None) and item.callspec.params.get("name") for item in tests}
    rules = [rule for rule in catalogue.rules if rule.id in names]
    if None in names or any(rule.phase is Phase.TAPE for rule in rules):
        return lambda _: True
    return lambda one: one.rule in rules
