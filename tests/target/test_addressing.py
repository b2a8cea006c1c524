"""Values for paths and bodies: bounded where things need each other, and said where they cannot be had."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import httpx
import pytest

from compliance.catalogue import Untested
from compliance.contract import understand
from compliance.target.actors import Actor
from compliance.target.addressing import below_own
from compliance.target.client import Client
from compliance.target.connection import Connection
from compliance.target.reach import Grants, Target
from compliance.target.tape import Tape

ROW = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
OK = {"200": {"description": "ok", "content": {"application/json": {"schema": ROW}}}}
MANY = {
    "200": {"description": "ok", "content": {"application/json": {"schema": {"type": "array", "items": ROW}}}}
}


def needing(name: str, *fields: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["name", *fields],
        "properties": {"name": {"type": "string"}, **{one: {"type": "integer"} for one in fields}},
    }
    query = [{"name": one, "in": "query", "required": True, "schema": {"type": "integer"}} for one in fields]
    key = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    body = {"content": {"application/json": {"schema": schema}}}
    return {
        f"/{name}": {
            "get": {"parameters": query, "responses": MANY},
            "post": {"requestBody": body, "responses": OK},
        },
        f"/{name}/{{id}}": {"get": {"parameters": key, "responses": OK}},
    }


def target_of(paths: dict[str, Any], answer: httpx.MockTransport) -> Target:
    contract = understand({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths}, "")
    client = Client(Connection("http://127.0.0.1:1"), Tape(), transport=answer)
    target = Target(contract, client, Grants(writes=True))
    identity = {"id": 41, "username": "alice1"}
    target.actors["alice"] = Actor("alice", username="alice1", token="t", proven=True, identity=identity)
    return target


def test_rows_that_need_each_other_are_given_up() -> None:
    paths = needing("hens", "egg_id") | needing("eggs", "hen_id")
    target = target_of(paths, httpx.MockTransport(lambda _: httpx.Response(422, json={"detail": "no"})))
    for resource in target.contract.resources:
        with pytest.raises(Untested):
            target.create(resource, target.alice)
    assert len(target.tape) < 60


def test_what_is_refused_by_the_document_alone_is_offered_in_full() -> None:
    ids = count(5)

    def answer(request: httpx.Request) -> httpx.Response:
        sent = request.read()
        if b"colour" not in sent:
            return httpx.Response(400, json={})
        return httpx.Response(201, json={**json.loads(sent), "id": next(ids)})

    paths = needing("things")
    schema = paths["/things"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["colour"] = {"type": "string"}
    target = target_of(paths, httpx.MockTransport(answer))
    (things,) = target.contract.resources
    assert target.create(things, target.alice).identifier == 5
    target.create(things, target.alice)
    assert [exchange.status for exchange in target.tape] == [400, 201, 201]


def test_a_refusal_teaches_what_a_create_wants() -> None:
    ids = count(1)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={})
        name = json.loads(request.read())["name"]
        wrong = {"loc": ["body", "name"], "msg": "String should have at most 6 characters"}
        return (
            httpx.Response(422, json={"detail": [wrong]})
            if len(name) > 6
            else httpx.Response(201, json={"id": next(ids)})
        )

    target = target_of(needing("things"), httpx.MockTransport(answer))
    (things,) = target.contract.resources
    first, second = target.create(things, target.alice), target.create(things, target.alice)
    assert [e.status for e in target.tape if e.method == "POST" and e.request_body] == [422, 201, 201, 201]
    assert first.sent["name"] != second.sent["name"]


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/{username}/posts", {"username": "alice1"}),
        ("/users/{user_id}/posts", {"user_id": 41}),
        ("/users/{id}/posts", {"id": 41}),
        ("/user/{username}", {"username": "alice1"}),
        ("/profiles/{userName}/followers", {"userName": "alice1"}),
    ],
)
def test_an_account_fills_its_own_places(path: str, values: dict[str, Any]) -> None:
    target = target_of({path: {"get": {"responses": OK}}}, httpx.MockTransport(lambda _: httpx.Response(404)))
    (operation,) = target.contract.operations
    assert target.path_values(operation, target.alice) == values
    assert len(target.tape) == 0


def test_a_place_that_nothing_speaks_of_is_named() -> None:
    target = target_of(
        {"/x/{sku}": {"get": {"responses": OK}}}, httpx.MockTransport(lambda _: httpx.Response(404))
    )
    (operation,) = target.contract.operations
    with pytest.raises(Untested, match=r"no value is known for \{sku\} of GET /x/\{sku\}"):
        target.path_values(operation, target.alice)


@pytest.mark.parametrize(("key", "tried"), [("2583e554-df86-40c1-82d1-69676b03971f", True), (7, False)])
def test_below_a_row_that_was_there_before_only_a_key_of_one_row_is_tried(key: Any, tried: bool) -> None:
    place = {"in": "path", "required": True, "schema": {"type": "string" if tried else "integer"}}
    teams, notes = (
        [{"name": "team_id", **place}],
        [{"name": "team_id", **place}, {"name": "note_id", **place}],
    )
    body = {"content": {"application/json": {"schema": ROW}}}
    paths = {
        "/teams": {"get": {"responses": MANY}},
        "/teams/{team_id}": {"get": {"parameters": teams, "responses": OK}},
        "/teams/{team_id}/notes": {"post": {"parameters": teams, "requestBody": body, "responses": OK}},
        "/teams/{team_id}/notes/{note_id}": {
            "get": {"parameters": notes, "responses": OK},
            "delete": {"parameters": notes, "responses": {"204": {"description": "gone"}}},
        },
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(201, json={"id": key, "name": "x"})
        home = {"id": "north" if "alice" in request.headers["authorization"] else "south", "name": "x"}
        return httpx.Response(200, json=[home] if request.url.path == "/teams" else home)

    target = target_of(paths, httpx.MockTransport(answer))
    for name in ("alice", "bob"):
        target.actors[name] = Actor(name, token=name, proven=True)
    (resource,) = [one for one in target.contract.resources if one.delete]
    created = target.create(resource, target.alice)
    assert resource.delete is not None
    if tried:
        found = below_own(target, resource.delete, target.bob, created.row)
        assert found == {"team_id": "south", "note_id": key}
    else:
        with pytest.raises(Untested, match="nothing shows that this run made"):
            below_own(target, resource.delete, target.bob, created.row)


def test_what_a_create_asks_for_in_its_query_is_unlike_before() -> None:
    ids, paths = count(5), needing("things")
    create = paths["/things"]["post"]
    del create["requestBody"]
    create["parameters"] = [{"name": "name", "in": "query", "required": True, "schema": {"type": "string"}}]
    target = target_of(paths, httpx.MockTransport(lambda _: httpx.Response(201, json={"id": next(ids)})))
    (things,) = target.contract.resources
    for _ in range(2):
        target.create(things, target.alice)
    sent = [exchange.url for exchange in target.tape if exchange.method == "POST"]
    assert len(set(sent)) == 2  # the first of them may be asked for once more
