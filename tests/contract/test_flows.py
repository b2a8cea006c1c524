"""Where the token URL of a declared password flow leads."""

import pytest

from compliance.contract import understand
from compliance.contract.flows import declares_password_flow, led_to, own_hosts, password_flows, places_of
from tests.contract.documents import answers, document, obj, takes

LOGIN = {
    "post": {
        "requestBody": takes(obj("username", "password"), "application/x-www-form-urlencoded"),
        "responses": answers(obj("access_token")),
    }
}
THINGS = {"get": {"responses": answers({"type": "array", "items": obj("id")})}}


def contract(url, **more):
    flows = {"password": {"tokenUrl": url, "scopes": {}}}
    made = document({"/api/v1/login": LOGIN, "/api/v1/things": THINGS}, **more)
    made["components"]["securitySchemes"] = {"one": {"type": "oauth2", "flows": flows}}
    return understand(made)


@pytest.mark.parametrize(
    "url",
    ["/api/v1/login", "/api/v1/login/", "login", "./login", "v1/login", "https://x.example/api/v1/login"],
)
def test_a_url_is_read_against_the_root_and_a_relative_one_against_the_document(url: str):
    made = contract(url)

    assert [led_to(made, one).path for one in password_flows(made)] == ["/api/v1/login"]


def test_the_base_of_the_document_may_stand_before_it():
    made = contract("/api/v1/login", servers=[{"url": "/behind"}])

    assert [led_to(made, one).path for one in password_flows(made)] == ["/behind/api/v1/login"]


@pytest.mark.parametrize(
    ("url", "places"),
    [
        ("/login", ("/login",)),
        ("/api/v1/token", ("/api/v1/token",)),
        ("token", ("/token", "/api/token", "/api/v1/token")),
    ],
)
def test_a_url_that_no_operation_has_may_lead_to_an_undescribed_one(url: str, places: tuple[str, ...]):
    made = contract(url)
    (found,) = password_flows(made)

    assert led_to(made, found) is None
    assert places_of(made, found) == places


def test_hosts_are_told_apart():
    made = contract("https://login.example/token", servers=[{"url": "https://x.example/api"}])

    assert [one.host for one in password_flows(made)] == ["login.example"]
    assert own_hosts(made.document) == {"x.example"}


def test_other_flows_and_none_are_no_password_flow():
    other = document({"/things": THINGS})
    other["components"]["securitySchemes"] = {
        "one": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/token", "scopes": {}}}},
        "two": {"type": "http", "scheme": "bearer"},
    }

    assert list(declares_password_flow(understand(other))) == []
    assert list(declares_password_flow(contract("/token"))) != []


def test_swagger_has_them_elsewhere():
    made = {
        "swagger": "2.0",
        "info": {"title": "Test", "version": "1"},
        "paths": {"/things": {"get": {"responses": {}}}},
        "securityDefinitions": {"one": {"type": "oauth2", "flow": "password", "tokenUrl": "/token"}},
    }

    assert [url.path for url in password_flows(understand(made))] == ["/token"]
