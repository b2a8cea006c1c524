"""Operations find the resource whose life they belong to."""

import pytest

from compliance.contract import understand
from tests.contract.documents import OBJECT, answers, document, obj, ref, takes

THING = {"Thing": OBJECT, "ThingIn": obj("name")}
MANY = {"type": "array", "items": ref("Thing")}


def does(answer=None, body=None, code="200"):
    return ({"responses": answers(answer, code)} if answer else {}) | (
        {"requestBody": takes(body)} if body else {}
    )


READ = does(ref("Thing"))
CREATE = does(ref("Thing"), ref("ThingIn"), "201")
LIST = does(MANY)


def resources(paths, schemas=THING):
    return understand(document(paths, schemas)).resources


def roles(resource):
    listing = resource.listing and resource.listing.label
    of_one = [o and o.label for o in (resource.create, resource.read, resource.delete)]
    return [listing, *of_one, [o.label for o in resource.updates]]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (
            {
                "/things/": {"get": LIST, "post": CREATE},
                "/things/{id}": {"get": READ, "put": READ, "patch": READ, "delete": {}},
            },
            [
                "GET /things/",
                "POST /things/",
                "GET /things/{id}",
                "DELETE /things/{id}",
                ["PUT /things/{id}", "PATCH /things/{id}"],
            ],
        ),
        (
            {
                "/things/list": {"get": LIST},
                "/things/create": {"post": CREATE},
                "/things/{id}": {"get": READ},
                "/things/delete/{id}": {"delete": {}},
                "/things/{id}/edit": {"post": READ},
            },
            [
                "GET /things/list",
                "POST /things/create",
                "GET /things/{id}",
                "DELETE /things/delete/{id}",
                ["POST /things/{id}/edit"],
            ],
        ),
        (
            {"/things": {"get": LIST, "post": CREATE, "put": READ}, "/things/{id}": {"get": READ}},
            ["GET /things", "POST /things", "GET /things/{id}", None, ["PUT /things"]],
        ),
        (
            {
                "/api/things/{id}": {"get": READ},
                "/api/all-things": {"get": LIST},
                "/api/things/make": {"post": CREATE},
            },
            ["GET /api/all-things", "POST /api/things/make", "GET /api/things/{id}", None, []],
        ),
    ],
)
def test_roles(paths, expected):
    (resource,) = resources(paths)
    assert roles(resource) == expected
    assert resource.reasons


def test_below_another():
    nested = "/shops/{shop_id}/things"
    paths = {
        "/shops/{id}": {"get": READ, "delete": {}},
        nested: {"get": LIST, "post": CREATE},
        f"{nested}/{{id}}": {"get": READ},
    }
    shops, things = resources(paths)
    assert (shops.collection, shops.parent) == ("/shops", None)
    assert (things.collection, things.item, things.parameter, things.parent) == (
        nested,
        f"{nested}/{{id}}",
        "id",
        "/shops",
    )


@pytest.mark.parametrize(
    ("parameter", "answer", "identifier"),
    [
        ("thing_id", OBJECT, ("id",)),
        ("slug", obj("id", "slug"), ("slug",)),
        ("thingId", obj("thing_id", "name"), ("thing_id",)),
        ("id", {"type": "object", "properties": {"thing": obj("id")}}, ("thing", "id")),
        (
            "id",
            {"type": "object", "properties": {"data": obj("id"), "message": {"type": "string"}}},
            ("data", "id"),
        ),
        ("id", {"type": "string"}, ()),
        ("id", obj("message"), None),
    ],
)
def test_identifier(parameter, answer, identifier):
    item = {"get": {"responses": {}}, "delete": {}}
    (resource,) = resources(
        {"/things": {"post": does(answer, obj("name"))}, f"/things/{{{parameter}}}": item}
    )
    assert (resource.parameter, resource.identifier) == (parameter, identifier)


def test_accounts_are_created_by_the_registration():
    credentials = obj("email", "password")
    paths = {
        "/auth/login": {"post": does(obj("access_token"), credentials)},
        "/auth/register": {"post": does(ref("User"), credentials)},
        "/users/{id}": {"get": does(ref("User")), "delete": {}},
    }
    (users,) = resources(paths, {"User": obj("id", "email")})
    assert users.create.label == "POST /auth/register"


@pytest.mark.parametrize(
    "paths",
    [
        {"/auth/login": {"post": CREATE, "get": LIST}},
        {"/things/{id}": {"get": READ}},
        {"/health/{id}": {"get": READ, "delete": {}}},
        {},
    ],
)
def test_none(paths):
    assert resources(paths) == ()


def test_the_contract_finds_the_resource_of_an_operation():
    contract = understand(document({"/things": {"get": LIST, "post": CREATE}, "/me": {"get": READ}}, THING))
    assert [bool(contract.resource_of(operation)) for operation in contract.operations] == [True, True, False]


def test_the_root_is_a_collection_too():
    paths = {
        "/": {"get": {"responses": answers(MANY)}, "post": CREATE},
        "/{id}/": {"get": READ, "delete": {}},
    }
    (resource,) = resources(paths)
    assert (resource.collection, resource.item, resource.parent) == ("/", "/{id}/", None)
    assert None not in (resource.create, resource.listing, resource.read, resource.delete)


def test_verbs_with_their_noun_and_the_identifier():
    paths = {
        "/field/createField": {"post": CREATE},
        "/field/getAllFields": {"get": {}},
        "/field/getFieldById/{id}": {"get": READ},
        "/field/deleteField/{id}": {"delete": {}},
    }
    (resource,) = resources(paths)
    assert resource.collection == "/field"
    assert None not in (resource.create, resource.listing, resource.read, resource.delete)


def test_what_lies_below_one_item_does_not_list_its_collection():
    schemas = {"Node": OBJECT}
    many = answers({"type": "array", "items": ref("Node")})
    paths = {
        "/nodes": {"post": {"responses": answers(ref("Node"), "201")}},
        "/nodes/{id}": {"get": {"responses": answers(ref("Node"))}},
        "/nodes/{id}/path": {"get": {"responses": many}},
    }
    nodes = next(r for r in resources(paths, schemas) if r.collection == "/nodes")
    assert nodes.listing is None
