"""Services to judge, each judged once a session however many tests look at the outcome."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from compliance.catalogue import Catalogue, Phase, load
from compliance.result import Run
from compliance.target.document import fetch_document
from tests.corpses import CORPSES, judge_corpse
from tests.mutants import Mutant
from tests.service import judge_reference, serve_reference

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
def whole(catalogue: Catalogue, reference: str) -> Run:
    """The whole catalogue on the reference with every capability granted."""
    return judge_reference(catalogue, reference)


@pytest.fixture(scope="session")
def home_of(catalogue: Catalogue, reference: str) -> HomeOf:
    """The reference judged by the rules that a mutant is judged by."""

    @functools.cache
    def judged(names: frozenset[str]) -> Run:
        return judge_reference(catalogue, reference, lambda one: one.rule.id in names)

    def home(mutant: Mutant) -> Run:
        return judged(frozenset(one.id for one in catalogue.rules if mutant.concerns(one)))

    return home


@pytest.fixture(scope="session")
def on_corpse(request: pytest.FixtureRequest, catalogue: Catalogue, document: Mapping[str, Any]) -> OnCorpse:
    """A corpse judged by the rules whose tests were selected; by all where a rule reads the traffic of all."""
    named = [item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")]
    selected = [one for one in catalogue.rules if one.id in named]
    partial = bool(selected) and all(one.phase is not Phase.TAPE for one in selected)
    by_name = {corpse.name: corpse for corpse in CORPSES}

    @functools.cache
    def judged(name: str) -> Run:
        return judge_corpse(
            by_name[name], catalogue, document, lambda one: not partial or one.rule in selected
        )

    return judged
