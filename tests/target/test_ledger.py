"""What a run created is deleted, newest first, by whoever may; what cannot be is named."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from compliance.catalogue import Untested
from compliance.contract import understand
from compliance.contract.model import Resource
from compliance.target.actors import Actor
from compliance.target.births import created_id, follow, row_of
from compliance.target.cleaning import Cleaner
from compliance.target.errors import TargetGone
from compliance.target.ledger import Ledger, Row, fill
from compliance.target.tape import Exchange
from compliance.target.wire import Request

BODY = {
    "content": {
        "application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}
    }
}
ITEM = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
MADE = {"201": {"description": "made", "content": {"application/json": {"schema": ITEM}}}}
OK = {"200": {"description": "ok", "content": {"application/json": {"schema": ITEM}}}}
KEY = [{"name": "thing_id", "in": "path", "required": True, "schema": {"type": "integer"}}]
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "x", "version": "1"},
    "paths": {
        "/things": {"post": {"requestBody": BODY, "responses": MADE}, "get": {"responses": OK}},
        "/things/{thing_id}": {
            "get": {"parameters": KEY, "responses": OK},
            "delete": {"parameters": KEY, "responses": {"204": {"description": "gone"}}},
        },
    },
}
CONTRACT = understand(DOCUMENT, "")
THINGS = next(resource for resource in CONTRACT.resources if resource.create)


def exchange(
    status: int, body: Any = None, method: str = "POST", path: str = "/things", **headers: str
) -> Exchange:
    raw = b"" if body is None else json.dumps(body).encode()
    answer = tuple(headers.items())
    return Exchange("alice", f"{method} {path}", method, f"http://h{path}", (), b"", status, answer, raw)


def actor(name: str) -> Actor:
    return Actor(name, token=f"token of {name}", password="p", proven=True)


class Service:
    """Answers a status by path and actor."""

    def __init__(self, **statuses: int) -> None:
        self.statuses = statuses
        self.sent: list[str] = []

    def __call__(self, request: Request) -> Exchange:
        self.sent.append(f"{request.method} {request.path} as {request.actor}")
        return exchange(self.statuses.get(request.actor, 204), None, request.method, request.path)


def nobody_logs_in(_: Actor) -> None:
    raise Untested("no login")


def ledger(*owners: Actor) -> Ledger:
    filled = Ledger()
    for number, owner in enumerate(owners, 1):
        filled.add(Row(THINGS, {"thing_id": number}, owner, deletion=THINGS.delete))
    return filled


def test_the_newest_row_is_deleted_first_and_by_its_owner() -> None:
    service, alice, bob = Service(), actor("alice"), actor("bob")
    assert Cleaner(ledger(alice, bob, alice), service, nobody_logs_in).clean() == []
    assert service.sent == [
        "DELETE /things/3 as alice",
        "DELETE /things/2 as bob",
        "DELETE /things/1 as alice",
    ]


def test_cleaning_twice_deletes_once() -> None:
    service, filled = Service(), ledger(actor("alice"))
    Cleaner(filled, service, nobody_logs_in).clean()
    Cleaner(filled, service, nobody_logs_in).clean()
    assert len(service.sent) == 1


@pytest.mark.parametrize("status", [200, 202, 204])
def test_gone_is_gone(status: int) -> None:
    assert Cleaner(ledger(actor("alice")), Service(alice=status), nobody_logs_in).clean() == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_what_a_rule_deleted_is_not_left_behind(status: int) -> None:
    filled = ledger(actor("alice"))
    filled.mark_deleted("/things/1", "alice")
    assert Cleaner(filled, Service(alice=status), nobody_logs_in).clean() == []


@pytest.mark.parametrize("status", [404, 410])
def test_what_nobody_deleted_and_cannot_be_found_is_named(status: int) -> None:
    (left,) = Cleaner(ledger(actor("alice")), Service(alice=status), nobody_logs_in).clean()
    assert left.startswith("/things/1: it is not found any more")


@pytest.mark.parametrize(("actor_of_404", "left"), [("alice", 0), ("admin", 1)])
def test_a_deletion_that_ended_in_an_error_is_believed_where_its_owner_finds_nothing(
    actor_of_404: str, left: int
) -> None:
    filled = ledger(actor("alice"))
    filled.doubt("/things/1")
    service = Service(**{"alice": 500, "admin": 500, actor_of_404: 404})
    assert len(Cleaner(filled, service, nobody_logs_in, [actor("admin")]).clean()) == left


def test_deletions_at_one_time_that_ended_in_errors_are_believed_as_well() -> None:
    def several(requests: Any) -> list[Exchange]:
        return [exchange(500, None, one.method, one.path) for one in requests]

    filled = ledger(*[actor("alice")] * 3)
    cleaner = Cleaner(filled, Service(alice=404), nobody_logs_in, [actor("admin")], several)
    assert cleaner.clean() == []


def test_an_administrator_helps() -> None:
    service = Service(alice=403)
    assert Cleaner(ledger(actor("alice")), service, nobody_logs_in, [actor("admin")]).clean() == []
    assert service.sent[-1] == "DELETE /things/1 as admin"


def test_an_account_that_is_hidden_from_the_administrator_is_deleted_by_its_owner() -> None:
    service, owner = Service(admin=404), Actor("mallory", password="p")
    filled = Ledger()
    filled.add(Row(THINGS, {"thing_id": 1}, owner, deletion=THINGS.delete, account=True))

    def log_in(actor: Actor) -> None:
        actor.token = "new"

    assert Cleaner(filled, service, log_in, [actor("admin")]).clean() == []
    assert service.sent == ["DELETE /things/1 as admin", "DELETE /things/1 as mallory"]


@pytest.mark.parametrize("status", [400, 403, 405, 409, 500])
def test_what_stays_is_named_with_the_answer(status: int) -> None:
    left = Cleaner(ledger(actor("alice")), Service(alice=status), nobody_logs_in).clean()
    assert left == [f"/things/1: DELETE answered {status}"]


def test_a_name_of_many_screens_is_told_by_its_beginning() -> None:
    filled, owner = Ledger(), actor("hostile")
    owner.username = f"hostile@example.co{'x' * 70_000}m"
    filled.add(Row(THINGS, {}, owner, account=True))
    (left,) = Cleaner(filled, Service(), nobody_logs_in).clean()
    assert left.startswith("the account hostile@example.coxxx")
    assert left.endswith("x… (70,031 characters): its id was not told")
    assert len(left) < 300


def test_a_row_that_a_rule_saw_deleted_is_left_alone() -> None:
    service, filled = Service(), ledger(actor("alice"))
    filled.rows[0].gone = True
    assert Cleaner(filled, service, nobody_logs_in).clean() == []
    assert service.sent == []


@pytest.mark.parametrize("failure", [Untested("no answer"), TargetGone("stopped answering")])
def test_one_row_that_cannot_be_deleted_keeps_no_other_from_it(failure: Exception) -> None:
    service = Service()

    def send(request: Request) -> Exchange:
        if request.path == "/things/2":
            raise failure
        return service(request)

    left = Cleaner(ledger(actor("alice"), actor("alice")), send, nobody_logs_in).clean()
    assert left == [f"/things/2: {failure}"]
    assert service.sent == ["DELETE /things/1 as alice"]


def test_rows_that_cannot_be_addressed_are_named() -> None:
    filled = Ledger()
    filled.add(Row(THINGS, {}, actor("alice"), deletion=THINGS.delete))
    filled.add(Row(Resource(collection="/others"), {"id": 1}, actor("alice")))
    left = Cleaner(filled, Service(), nobody_logs_in).clean()
    assert len(left) == 2
    assert "no operation that deletes it" in left[0]
    assert "whose id was not told" in left[1]


def test_rows_without_a_name_are_counted() -> None:
    filled = Ledger()
    for _ in range(3):
        filled.add(Row(THINGS, {}, actor("alice"), deletion=THINGS.delete))
    (left,) = Cleaner(filled, Service(), nobody_logs_in).clean()
    assert left.startswith("3 rows of /things whose id was not told: ")


def test_an_account_whose_token_died_with_it_is_gone() -> None:
    filled = ledger(actor("alice"), actor("bob"))
    filled.mark_deleted("/things/1", "alice")
    assert Cleaner(filled, Service(alice=401, bob=401), nobody_logs_in).clean() == [
        "/things/2: DELETE answered 401"
    ]


@pytest.mark.parametrize(
    ("answer", "identifier"),
    [
        (exchange(201, {"id": 7}), 7),
        (exchange(201, {"id": 0}), 0),
        (exchange(201, {"name": "x"}, location="/things/8"), "8"),
        (exchange(201, None, Location="http://h/things/9/"), "9"),
        (exchange(201, None, Location="http://h/things"), None),
        (exchange(201, {"name": "x"}), None),
        (exchange(201, [1]), None),
        (exchange(201, 7), 7),
        (exchange(201, "5f0c3a52-8a7c-4b5e-9d3e-2f1f7f4f8a11"), "5f0c3a52-8a7c-4b5e-9d3e-2f1f7f4f8a11"),
        (exchange(201, "created"), None),
        (exchange(201, True), None),
        (exchange(201, {"data": {"id": 9, "name": "x"}, "success": True}), 9),
        (exchange(201, {"thing": {"id": 4}}), 4),
        (exchange(201, {"thing": {"id": 4}, "message": "made"}), 4),
        (exchange(201, {"entity": {"id": 4}, "secret": "once"}), 4),
        (exchange(201, {"user": {"id": 4}, "message": "made"}), None),
        (exchange(201, {"thing_id": 5, "ok": True}), 5),
        (exchange(201, {"id": ""}), None),
    ],
)
def test_the_id_of_what_was_created(answer: Exchange, identifier: Any) -> None:
    assert created_id(THINGS, answer) == identifier
    row = row_of(CONTRACT, answer, actor("alice"))
    assert row is not None
    assert row.values == ({} if identifier is None else {"thing_id": identifier})


@pytest.mark.parametrize(
    ("sent", "identifier"),
    [
        ({"name": "x", "thing_id": 1}, None),
        ({"name": "x", "id": 1}, None),
        ({"name": "x", "id": "1"}, None),
        ({"name": "x", "id": "12345678"}, None),
        ({"name": "x", "thing_id": "a-name-of-our-own"}, "a-name-of-our-own"),
    ],
)
def test_a_number_that_was_sent_is_nobodys_id(sent: Any, identifier: Any) -> None:
    # A service may ignore the id that a client sends, and the row of that id is somebody else's.
    answer = replace(exchange(201, {"message": "made"}), request_body=json.dumps(sent).encode())
    assert created_id(THINGS, answer) == identifier


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"id": 1, "username": "alice-1", "password": "p"}, ""),
        ({"id": "an-id-like-text", "username": "alice-1", "password": "p"}, ""),
    ],
)
def test_an_account_that_the_run_did_not_make_is_never_deleted(sent: Any, path: str) -> None:
    account = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "username": {"type": "string"},
            "password": {"type": "string"},
        },
    }
    body = {"content": {"application/json": {"schema": account}}}
    key = [{"name": "user_id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    paths = {
        "/login": {"post": {"requestBody": body, "responses": {}}},
        "/register": {"post": {"requestBody": body, "responses": {}}},
        "/user/{user_id}": {
            "get": {"parameters": key, "responses": {"200": {"description": "ok", **body}}},
            "delete": {"parameters": key, "responses": {}},
        },
    }
    contract = understand({**DOCUMENT, "paths": paths}, "")
    assert contract.accounts is not None
    answer = exchange(201, {"message": "made"}, path="/register")
    row = row_of(contract, replace(answer, request_body=json.dumps(sent).encode()), actor("alice"))
    assert row is not None
    assert row.path == path


@pytest.mark.parametrize("answer", [exchange(422, {"id": 7}), exchange(500), exchange(200, {"id": 7}, "GET")])
def test_what_created_nothing_makes_no_row(answer: Exchange) -> None:
    assert row_of(CONTRACT, answer, actor("alice")) is None


def test_the_parents_of_a_row_are_in_the_path_of_its_request() -> None:
    paths = {
        "/users/{id}/things": DOCUMENT["paths"]["/things"],
        "/users/{user_id}/things/{thing_id}": DOCUMENT["paths"]["/things/{thing_id}"],
    }
    contract = understand({**DOCUMENT, "paths": paths}, "")
    (things,) = contract.resources
    answer = replace(exchange(201, {"id": 7}, path="/users/3/things"), operation="POST /users/{id}/things")
    row = row_of(contract, answer, actor("alice"))
    assert row is not None
    assert (row.path, row.identifier, row.resource) == ("/users/3/things/7", 7, things)
    assert row.places == {"/users/{}": "3", "/users/{}/things/{}": 7}


NUMBER = [{"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}]
BY_NUMBER = understand(
    {
        **DOCUMENT,
        "paths": {
            "/things": DOCUMENT["paths"]["/things"],
            "/things/{thing_id}": {"get": {"parameters": KEY, "responses": OK}},
            "/things/number/{number}": {
                "delete": {"parameters": NUMBER, "responses": {"204": {"description": "gone"}}}
            },
            "/owners/{number}": {
                "delete": {"parameters": NUMBER, "responses": {"204": {"description": "gone"}}}
            },
        },
    },
    "",
)


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/things/number/7", "/things/number/7"),
        ("http://h/api/things/number/7", "/things/number/7"),
        ("/things/number/8", None),  # a number of nothing that was made
        ("/owners/7", None),  # lies elsewhere
        ("/things/7", None),  # nothing deletes that
    ],
)
def test_a_row_is_deleted_where_its_location_points_to(location: str, path: str | None) -> None:
    row = row_of(BY_NUMBER, exchange(201, {"id": 1, "number": 7}, location=location), actor("alice"))
    assert row is not None
    row.evident = True
    service, rows = Service(), ledger()
    rows.add(row)
    left = Cleaner(rows, service, nobody_logs_in).clean()
    assert service.sent == ([f"DELETE {path} as alice"] if path else [])
    assert left == ([] if path else ["/things/1: the document shows no operation that deletes it"])


def test_a_row_that_moves_is_followed() -> None:
    filled = ledger(actor("alice"), actor("bob"))
    follow(filled, "/things/2", exchange(200, {"id": 9, "name": "renamed"}, "PUT", "/things/2"))
    assert [row.path for row in filled.rows] == ["/things/1", "/things/9"]
    follow(filled, "/things/1", exchange(200, {"name": "the same"}, "PUT", "/things/1"))
    assert filled.rows[0].path == "/things/1"


def test_a_row_that_moves_is_followed_where_the_document_does_not_say_what_names_it() -> None:
    (things,) = CONTRACT.resources
    slugs = replace(things, identifier=None, parameter="slug", item="/things/{slug}")
    born = exchange(201, {"thing": {"slug": "one", "id": 1}})
    filled = Ledger([Row(slugs, {"slug": "one"}, actor("alice"), born)])
    follow(filled, "/things/one", exchange(200, {"thing": {"slug": "two", "id": 1}}, "PUT", "/things/one"))
    assert filled.rows[0].path == "/things/two"


def test_a_row_that_another_field_names_is_not_followed_by_its_id() -> None:
    filled = ledger(actor("alice"))
    filled.rows[0].origin = exchange(201, {"id": 4, "name": "x"}, Location="/things/1")
    follow(filled, "/things/1", exchange(200, {"id": 4, "name": "renamed"}, "PUT", "/things/1"))
    assert filled.rows[0].path == "/things/1"


def made(status: int, body: Any, sent: Any = None) -> Row:
    answer = replace(exchange(status, body), request_body=json.dumps(sent).encode())
    row = row_of(CONTRACT, answer, actor("alice"), tag="kit12345")
    assert row is not None
    return row


def shows(name: str, number: int = 1) -> Row:
    """The answer shows the name that was sent."""
    return made(201, {"id": number, "name": name}, {"name": name})


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([made(201, {"id": 1})], 1),
        ([made(200, {"id": 1})], 1),
        ([shows("kit12345")], 0),
        ([shows("professional")], 1),
        ([shows("kit12345 a"), shows("kit12345 b")], 1),
        ([shows("kit12345 a"), shows("kit12345 a")], 0),
        ([made(201, {"id": 1}), made(201, {"id": 1})], 1),
        ([made(200, {"id": 1}), made(200, {"id": 2})], 0),
        ([made(201, {"id": 1}, {"seats": 1}), made(201, {"id": 2}, {"seats": 2})], 2),
        ([made(200, {"id": 1}), made(200, {"id": 1}), made(200, {"id": 2})], 1),
    ],
)
def test_what_a_search_may_have_found_is_left_alone(rows: list[Row], left: int) -> None:
    filled = Ledger()
    for row in rows:
        filled.add(row)
    told = Cleaner(filled, Service(), nobody_logs_in).clean()
    assert [one for one in told if "not clear that this run made it" in one] == told
    assert len(told) == left


def test_an_id_that_was_given_again_after_its_row_was_deleted_names_a_new_row() -> None:
    filled = Ledger()
    filled.add(shows("kit12345 a"))
    filled.rows[0].deleted = True
    filled.add(shows("kit12345 b"))
    assert filled.is_ours(filled.rows[1])


def test_what_refuses_to_make_the_same_once_more_has_made_the_first() -> None:
    filled = Ledger()
    filled.add(made(201, {"id": 1}))
    filled.minding.add("/things")
    assert filled.is_ours(filled.rows[0])


def test_an_account_is_kept_where_it_owns_what_could_not_be_deleted() -> None:
    alice, bob, service = actor("alice"), actor("bob"), Service(alice=409)
    filled = Ledger()
    for owner in (alice, bob):
        filled.add(Row(THINGS, {"thing_id": len(filled.rows)}, owner, deletion=THINGS.delete, account=True))
    filled.add(Row(THINGS, {"thing_id": 7}, alice, deletion=THINGS.delete))
    left = Cleaner(filled, service, nobody_logs_in).clean()
    assert service.sent == ["DELETE /things/7 as alice", "DELETE /things/1 as bob"]
    assert left == [
        "/things/7: DELETE answered 409",
        "/things/0: kept, because it owns what could not be deleted",
    ]


def test_values_are_quoted_into_paths_and_none_may_be_missing() -> None:
    assert fill("/a/{x}/b/{y}", {"x": "1/2?", "y": "ü"}) == "/a/1%2F2%3F/b/%C3%BC"
    with pytest.raises(Untested, match="no value is known"):
        fill("/a/{x}", {"y": 1})
