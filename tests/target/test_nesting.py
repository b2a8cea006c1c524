"""Rows below others, beside others and without an id in the answer: made, judged, and deleted before what they lie in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from compliance.catalogue import Outcome, Phase, Untested, load
from compliance.result import Run
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.document import fetch_document
from compliance.target.reach import Grants, Target
from compliance.target.serving import serve
from tests.serial import Serial
from tests.target import nested
from tests.target.nested import Service

CATALOGUE = load()
JUDGED = ("ACC", "RES", "PAG")
CARDS = "/users/{user_id}/boards/{board_id}/cards"


@contextmanager
def running(part: str, *faults: str) -> Iterator[tuple[Runner, Service]]:
    service = Service(frozenset(faults))
    with serve(Serial(service.app(getattr(nested, part))), part) as url:
        contract = read_contract(fetch_document(url))
        runner = Runner(CATALOGUE, contract, Connection(url), Grants(writes=True))
        try:
            yield runner, service
        finally:
            runner.finish()


@contextmanager
def target_of(part: str) -> Iterator[tuple[Target, Service]]:
    with running(part) as (runner, service):
        runner.start()
        yield runner.target, service


def judge(part: str, *faults: str, families: tuple[str, ...] = JUDGED) -> tuple[Run, Service]:
    with running(part, *faults) as (runner, service):
        outside = [one for one in runner.planned if one.rule.depth == "outside"]
        alone = [one for one in outside if one.rule.phase is not Phase.TAPE]
        runner.select(one for one in alone if one.rule.family in families)
        for _ in runner.results():
            pass
    return runner.finish(), service


def outcomes(run: Run) -> dict[str, str]:
    """All but the addresses of new rows, which none of these services tells."""
    return {f"{r.rule.id} {r.subject}": f"{r.outcome}" for r in run.results if r.rule.id != "RES-004"}


#: Only the administrator makes categories, and nothing lists cards or refuses one.
UNDECIDED = {
    "products": {
        "RES-001 POST /categories",
        "RES-005 POST /categories",
        "RES-009 /categories",
        "RES-021 POST /categories",
    },
    "boards": {"RES-009 /users/{user_id}/boards/{board_id}/cards"},
}


def resource(target: Target, collection: str) -> Any:
    return next(r for r in target.contract.resources if r.collection == collection)


@pytest.mark.parametrize("part", ["boards", "posts", "products"])
def test_what_lies_below_or_refers_to_others_is_judged_and_left_as_it_was(part: str) -> None:
    run, service = judge(part)
    found = outcomes(run)
    assert set(found.values()) <= {"pass", "untested", "not-applicable"}
    open_ = {name for name, outcome in found.items() if outcome == "untested"}
    assert open_ == UNDECIDED.get(part, set())
    assert run.leftovers == []
    assert service.rows == 0


def test_the_engine_writes_below_its_own_rows_only_and_leaves_nothing() -> None:
    run, service = judge("boards", families=("CON",))
    open_ = {r.subject for r in run.results if r.rule.id == "CON-001" and r.outcome is not Outcome.PASS}
    assert open_ == {"DELETE /me", "PUT /me/password"}
    assert service.made > 12
    assert service.rows == 0
    assert run.leftovers == []


def test_the_engine_makes_no_rows_that_it_could_not_find_again() -> None:
    run, service = judge("posts", families=("CON",))
    assert service.rows == 0
    assert run.leftovers == []


def test_rows_go_before_what_they_lie_in() -> None:
    with target_of("boards") as (target, service):
        target.create(resource(target, CARDS), target.alice)
    assert [kind for _, kind, _ in service.log] == ["card", "board", "account", "account"]


def test_a_rule_that_crashes_leaves_nothing_behind() -> None:
    def crash() -> None:
        with running("boards") as (runner, held):
            runner.start()
            services.append(held)
            runner.target.create(resource(runner.target, CARDS), runner.target.alice)
            raise KeyboardInterrupt

    services: list[Service] = []
    with pytest.raises(KeyboardInterrupt):
        crash()
    assert services[0].made > 2
    assert services[0].rows == 0


def test_a_stranger_attacks_a_row_where_its_owner_keeps_it() -> None:
    run, _ = judge("boards", "open boards", families=("ACC",))
    found = outcomes(run)
    assert found[f"ACC-001 {CARDS}"] == "violation"
    assert found[f"ACC-002 {CARDS}"] == "violation"
    proof = next(r for r in run.results if r.rule.id == "ACC-001" and r.subject == CARDS)
    assert re.search(r"boards/\{alice_boards_\d+\}/cards/\{alice_cards_\d+\}'", proof.script)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_every_update_is_attacked(method: str) -> None:
    run, _ = judge("boards", f"open {method}", families=("ACC",))
    found = outcomes(run)
    assert found.pop(f"ACC-001 {CARDS}") == found.pop(f"ACC-008 {CARDS}") == "violation"
    assert "violation" not in found.values()


def test_parents_are_made_once_and_filled_from_the_account() -> None:
    with target_of("boards") as (target, service):
        cards, me = resource(target, CARDS), target.call(target.contract.me, target.alice).json()
        first, second = target.create(cards, target.alice), target.create(cards, target.alice)
        assert first.values["user_id"] in (me["id"], str(me["id"]))
        assert first.values["board_id"] == second.values["board_id"]
        assert first.identifier != second.identifier
        assert len(service.boards) == 1
        other = target.create(cards, target.bob)
        assert other.values["board_id"] != first.values["board_id"]


def test_a_row_whose_create_says_nothing_is_found_by_its_text() -> None:
    with target_of("posts") as (target, service):
        posts = resource(target, "/{username}/posts")
        made = target.create(posts, target.alice)
        assert made.exchange.json() == {"status": "published"}
        assert made.values == {"username": target.alice.username, "slug": made.identifier}
        assert (target.alice.username, made.identifier) in service.posts
        assert target.call_on(made, posts.read).ok
        assert target.call_on(made, posts.read, target.bob).status == 404


def test_references_are_filled_from_lists_and_from_the_account() -> None:
    with target_of("products") as (target, _):
        made = target.create(resource(target, "/products"), target.alice)
        me = target.call(target.contract.me, target.alice).json()
        assert made.sent["category_id"] == 31
        assert made.sent["seller_id"] == me["id"]


def test_a_search_that_looks_like_a_create_raises_no_alarm_and_costs_nobody_a_row() -> None:
    run, service = judge("lookups", families=("ACC", "RES", "AUT", "CON"))
    found = outcomes(run)
    about = {
        name: outcome for name, outcome in found.items() if "/entries" in name and name[:3] in ("ACC", "RES")
    }
    assert set(about.values()) == {"untested"}
    reason = next(r.reason for r in run.results if r.rule.id == "RES-001")
    assert "it may not create" in str(reason)
    assert not [one for one in service.log if one[1] == "entry"]


def test_a_field_for_the_present_password_holds_the_senders_own() -> None:
    run, service = judge("posts", families=("AUT",))
    assert outcomes(run)["AUT-001 PUT /me/password"] == "pass"
    assert service.rows == 0


def test_what_is_not_what_it_seems_raises_no_alarm() -> None:
    """Each of these was a violation before the running service was asked what it is."""
    run, _ = judge("oddities", families=("ACC", "RES"))
    found = outcomes(run)
    assert "violation" not in found.values()
    assert found["RES-003 /squares"] == "untested"
    assert found["ACC-002 /whispers"] == "untested"
    assert found["ACC-001 /lines"] == found["ACC-002 /lines"] == "not-applicable"
    assert found["ACC-001 /meters"] == "pass"


def test_what_cannot_be_had_is_said() -> None:
    with (
        target_of("products") as (target, _),
        pytest.raises(Untested, match="403 although the body follows the schema"),
    ):
        target.create(resource(target, "/categories"), target.alice)
