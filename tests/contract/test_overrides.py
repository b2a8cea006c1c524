"""What a person says wins; what does not exist is told with its nearest."""

import pytest

from compliance.contract import ContractError, understand
from compliance.contract.overrides import Overrides
from compliance.contract.stating import overrides_of
from tests.contract.documents import (
    OBJECT,
    answers,
    corpus,
    corpus_names,
    document,
    needs_corpus,
    obj,
    query,
    takes,
)

MANY = {"type": "array", "items": OBJECT}
PAGE = {
    "type": "object",
    "properties": {"founds": MANY, "of": {"type": "integer"}, "x": {}, "y": {}, "z": {}},
}
TOKEN = {"type": "object", "properties": {"session": obj("value")}}


def post(body=None, answer=None):
    return {
        "post": {"requestBody": takes(body or obj("name")), "responses": answers(answer or OBJECT, "201")}
    }


PATHS = {
    "/door/open": post(obj("who", "word", "remember"), TOKEN),
    "/people": post(obj("email", "password")) | {"get": {"responses": answers(MANY)}},
    "/things": post() | {"get": {"parameters": query("from_row", "rows_a_page"), "responses": answers(PAGE)}},
    "/things/{id}": {"get": {"responses": answers(OBJECT)}, "delete": {}},
    "/mine": {"get": {"responses": answers(OBJECT)}},
    "/thing-by-name/{name}": {"get": {"responses": answers(OBJECT)}},
}


def said(**overrides):
    return understand(document(PATHS), overrides=Overrides(**overrides))


def test_a_login_that_nobody_would_recognise():
    login = said(
        roles={"login": "POST /door/open"},
        login={"identifier": "who", "password": "word", "token": "session.value"},
    ).login
    assert (login.identifier, login.password, login.token) == (("who",), ("word",), ("session", "value"))
    assert "the configuration says so" in login.reason


def test_roles():
    contract = said(roles={"me": "GET /mine", "registration": "POST /people", "login": "POST /door/open"})
    assert contract.me.label == "GET /mine"
    assert contract.registration.operation.label == "POST /people"
    nobody = said(roles={"me": "", "registration": "", "login": ""})
    assert (nobody.me, nobody.registration, nobody.login) == (None, None, None)


def test_a_list():
    stated = {"offset": "from_row", "size": "rows_a_page", "items": "founds", "total": "of", "maximum": 50}
    listing = next(one for one in said(lists={"GET /things": stated}).lists if one.label == "GET /things")
    assert (listing.style, listing.offset, listing.size) == ("offset", "from_row", "rows_a_page")
    assert (listing.items, listing.total, listing.size_maximum) == (("founds",), ("of",), 50)
    assert said(lists={"GET /people": False}).lists == ()


def test_a_resource():
    things = {
        "list": "GET /things",
        "read": "GET /thing-by-name/{name}",
        "parameter": "name",
        "identifier": "name",
        "delete": "",
    }
    contract = said(lists={"GET /things": {"items": "founds"}}, resources={"/things": things})
    resource = next(one for one in contract.resources if one.collection == "/things")
    assert (resource.read.path, resource.parameter, resource.identifier) == (
        "/thing-by-name/{name}",
        "name",
        ("name",),
    )
    assert resource.listing is contract.lists[-1]
    assert resource.delete is None
    assert resource.create.label == "POST /things"


@pytest.mark.parametrize(
    ("include", "exclude", "labels"),
    [
        (("/things*",), (), ["GET /things", "POST /things", "GET /things/{id}", "DELETE /things/{id}"]),
        (("/things/*",), ("DELETE *",), ["GET /things/{id}"]),
        ((), ("/[!m]*",), ["GET /mine"]),
    ],
)
def test_include_and_exclude(include, exclude, labels):
    contract = said(include=include, exclude=exclude)
    assert [one.label for one in contract.operations] == labels
    shown = contract.document["paths"]
    assert sorted(f"{method.upper()} {path}" for path in shown for method in shown[path]) == sorted(labels)


def test_what_is_left_out_below_a_base_path():
    whole = document(PATHS, servers=[{"url": "/api"}])
    contract = understand(whole, overrides=Overrides(exclude=("/api/things*",)))
    assert "/things" not in contract.document["paths"]
    assert "/people" in contract.document["paths"]
    assert "/things" in whole["paths"]


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        ({"roles": {"me": "GET /min"}}, "roles.me: 'GET /min' is no operation .* did you mean 'GET /mine'"),
        ({"roles": {"you": "GET /mine"}}, "roles.you is no role"),
        ({"roles": {"registration": "POST /things"}}, "shows no field for a password"),
        ({"login": {"identifier": "who"}}, "roles.login = "),
        ({"roles": {"login": "POST /door/open"}, "login": {"identifier": "whom"}}, "did you mean 'who'"),
        (
            {"roles": {"login": "POST /door/open"}, "login": {"token": "session.valeu"}},
            "did you mean 'session.value'",
        ),
        ({"roles": {"me": "DELETE /things/{id}"}}, "is no GET, which roles.me has to be; did you mean 'GET"),
        ({"roles": {"registration": "GET /people"}}, "no POST or PUT, .* did you mean 'POST /people'"),
        ({"resources": {"/things": {"create": "GET /things"}}}, "no POST or PUT, .* mean 'POST /things'"),
        ({"resources": {"/things": {"read": "POST /things"}}}, "is no GET, .* did you mean 'GET /things'"),
        ({"resources": {"/things": {"list": "POST /things"}}}, "is no GET, .* did you mean 'GET /things'"),
        ({"resources": {"/things": {"update": ["GET /things/{id}"]}}}, "is no PUT or PATCH or POST, "),
        ({"resources": {"/things": {"delete": "GET /things/{id}"}}}, "mean 'DELETE /things/{id}'"),
        ({"lists": {"GET /thing": {}}}, "did you mean 'GET /things'"),
        ({"lists": {"POST /things": {}}}, "is no GET"),
        ({"lists": {"GET /things": {"page": "from_rwo"}}}, "did you mean 'from_row'"),
        ({"lists": {"GET /things": {"items": "found"}}}, "did you mean 'founds'"),
        ({"lists": {"GET /things": {"style": "pages"}}}, "did you mean 'page'"),
        ({"lists": {"GET /things": {"sise": "x"}}}, "did you mean 'size'"),
        ({"resources": {"/thingz": {}}}, "did you mean '/things'"),
        ({"resources": {"/things": {"read": "GET /things/{di}"}}}, "did you mean 'GET /things/{id}'"),
        ({"resources": {"/things": {"parameter": "ID"}}}, "'ID' is no parameter of its paths"),
        ({"resources": {"/things": {"identifier": "nmae"}}}, "did you mean 'name'"),
        ({"include": ("/tings*",)}, "include: '/tings\\*' is a pattern that matches no path"),
        ({"exclude": ("/*",)}, "leave no operation"),
    ],
)
def test_what_does_not_exist(overrides, complaint):
    with pytest.raises(ContractError, match=complaint):
        said(**overrides)


@needs_corpus
@pytest.mark.parametrize("name", corpus_names())
def test_an_understanding_stated_whole_is_understood_the_same(name):
    inferred = understand(corpus(name))
    again = understand(corpus(name), overrides=overrides_of(inferred))
    assert overrides_of(again) == overrides_of(inferred)
    assert [(one.label, one.pages, one.next) for one in again.lists] == [
        (one.label, one.pages, one.next) for one in inferred.lists
    ]
