"""Where the document's paths begin at the target: certain from the document, else settled by few harmless questions."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.contract import understand
from compliance.contract.servers import HOST, bases, rebased
from compliance.target.base import settled
from compliance.target.connection import Connection
from compliance.target.document import Document
from compliance.target.errors import TargetError
from tests.target.web import BASE, Web, as_html, as_json

PLACE = f"{BASE}/openapi.json"


def served(*urls: str, paths: Any = None) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "servers": [{"url": url} for url in urls],
        "paths": paths or {"/a": {"get": {}}},
    }


@pytest.mark.parametrize(
    ("servers", "place", "target", "expected"),
    [
        ([], PLACE, BASE, ("",)),
        (["/"], PLACE, BASE, ("",)),
        ([""], f"{BASE}/docs/openapi.json", BASE, ("",)),
        ([BASE], PLACE, BASE, ("",)),
        (["https://api.example.com"], PLACE, BASE, ("",)),
        (["http://[broken"], PLACE, BASE, ("",)),
        # In doubt: a proxy may have cut the prefix off, or the author meant another place.
        (["/api/v1"], PLACE, BASE, ("/api/v1", "")),
        (["https://api.example.com/v1/"], PLACE, BASE, ("/v1", "")),
        (["http://localhost:1/api", "/api", "/v2"], PLACE, BASE, ("/api", "/v2", "")),
        # The document stands below it.
        (["/api/v1"], f"{BASE}/api/v1/openapi.json", BASE, ("/api/v1",)),
        (["https://api.example.com/v1"], f"{BASE}/v1/openapi.json", BASE, ("/v1",)),
        # Relative to the document, not to the host.
        (["."], f"{BASE}/api/openapi.json", BASE, ("/api",)),
        (["../v2"], f"{BASE}/api/docs/openapi.json", BASE, ("/api/v2", "")),
        # The target has it already, or a part of it.
        (["/api/v1"], f"{BASE}/api/v1/openapi.json", f"{BASE}/api/v1", ("",)),
        (["https://api.example.com/api/v1"], "saved.json", f"{BASE}/api/v1", ("",)),
        (["/v1"], "saved.json", f"{BASE}/gateway/v1/", ("",)),
        (["/api/v1"], f"{BASE}/api/openapi.json", f"{BASE}/api", ("/v1", "")),
        (["/v1"], f"{BASE}/proxy/openapi.json", f"{BASE}/proxy", ("/v1", "")),
        (["v1"], "saved.json", f"{BASE}/proxy", ("/v1", "")),
    ],
)
def test_what_may_stand_before_the_paths(servers, place: str, target: str, expected: tuple[str, ...]) -> None:
    assert bases(served(*servers), place, target) == expected


def test_paths_that_have_the_prefix_are_not_given_it_twice() -> None:
    document = served("https://api.example.com/api", paths={"/api/a": {}, "/api/b": {}})
    assert bases(document, PLACE, BASE) == ("", "/api")


def test_swagger_and_variables() -> None:
    old = {"swagger": "2.0", "host": "petstore.example.com", "basePath": "/v2", "paths": {"/a": {}}}
    assert bases(old, PLACE, BASE) == ("/v2", "")
    assert bases(old, f"{BASE}/v2/swagger.json", BASE) == ("/v2",)
    variable = {
        "url": "https://{host}/{v}",
        "variables": {"host": {"default": "a.example"}, "v": {"default": "v3"}},
    }
    assert bases({"servers": [variable], "paths": {}}, PLACE, BASE) == ("/v3", "")
    assert bases({"servers": [{"url": "https://a.example/{v}"}], "paths": {}}, PLACE, BASE) == ("",)


def labels(document: Any) -> list[str]:
    return [operation.label for operation in understand(document).operations]


@pytest.mark.parametrize("base", ["", "/api"])
def test_the_settled_base_is_the_documents_own(base: str) -> None:
    for document in (
        served("/other/base"),
        {"swagger": "2.0", "basePath": "/x", "paths": {"/a": {"get": {}}}},
    ):
        moved, notes = rebased(document, base, PLACE, BASE)
        assert labels(moved) == [f"GET {base}/a"]
        assert notes == ()


def test_paths_and_operations_with_servers_of_their_own() -> None:
    elsewhere = [{"url": "https://files.example.net"}]
    paths = {
        "/a": {"get": {}, "parameters": [{"name": "q", "in": "query"}]},
        "/b": {"get": {}, "servers": [{"url": "https://api.example.com/v1/beta"}]},
        "/c": {
            "get": {},
            "post": {"servers": [{"url": "https://api.example.com/v2"}]},
            "delete": {"servers": elsewhere},
        },
        "/d": {"get": {}, "servers": elsewhere},
    }
    document = served("https://api.example.com/v1", paths=paths)
    moved, notes = rebased(document, "/v1", PLACE, BASE)
    assert labels(moved) == ["GET /v1/a", "GET /v1/beta/b", "GET /v1/c", "POST /v2/c"]
    assert understand(moved).operations[0].query("q")
    assert notes == (
        "the document puts DELETE /c, GET /d at https://files.example.net, which is another host: left out",
    )
    assert labels(rebased(document, "", PLACE, BASE)[0]) == ["GET /a", "GET /beta/b", "GET /c", "POST /v2/c"]


PATHS = {
    "/users/logout": {"get": {}},
    "/users/{id}": {"get": {}},
    "/users": {"post": {}, "get": {}},
    "/things": {"get": {}},
}


def test_a_target_below_which_the_documents_own_paths_begin(web: Web) -> None:
    document = served("/", paths={"/health": {"get": {}}, "/api/v1/users": {"get": {}, "post": {}}})
    target = f"{BASE}/api/v1"
    assert bases(document, PLACE, target) == (HOST, "")
    web.pages = {"/api/v1/users": 401}
    found = settled(Document(document, PLACE), Connection(target))
    assert web.paths == ["/api/v1/users", "/health", "/api/v1/api/v1/users", "/api/v1/health"]
    assert labels(found.content) == ["GET /users", "POST /users"]
    assert found.notes == ("the document puts /health outside of /api/v1: left out",)
    web.pages = {"/api/v1/api/v1/users": as_json([]), "/api/v1/health": as_json({})}
    assert len(labels(settled(Document(document, PLACE), Connection(target)).content)) == 3


def test_a_target_with_a_path_that_the_service_does_not_have_is_refused(web: Web) -> None:
    document, target = Document(served("/", paths=PATHS), PLACE), Connection(f"{BASE}/nope")
    web.pages = {"/users": 401}
    with pytest.raises(
        TargetError, match=rf"/nope has none of .* \(/users, /things: 404\).*--target-url={BASE}$"
    ):
        settled(document, target)
    web.pages = {"/users": 401, "/nope/things": 401}
    assert labels(settled(document, target).content)
    web.pages = {}  # nowhere: that is no sign
    assert labels(settled(document, target).content)


def test_a_document_below_the_target_leaves_its_path_in_no_doubt(web: Web) -> None:
    settled(Document(served("/", paths=PATHS), f"{BASE}/proxy/openapi.json"), Connection(f"{BASE}/proxy"))
    settled(Document(served("/", paths=PATHS), "saved.json"), Connection(f"{BASE}/proxy"))
    assert web.paths == []


def settle(web: Web, *urls: str, place: str = PLACE) -> tuple[str, list[str]]:
    document = settled(Document(served(*urls, paths=PATHS), place), Connection(BASE))
    return labels(document.content)[-1].removesuffix("/things").removeprefix("GET "), web.paths


def test_what_is_certain_is_not_asked(web: Web) -> None:
    assert settle(web, "/", "https://api.example.com") == ("", [])
    assert settle(web, "/api", place=f"{BASE}/api/openapi.json") == ("/api", [])


@pytest.mark.parametrize("prefix", ["/v1", ""])
def test_the_base_below_which_the_paths_are_there(web: Web, prefix: str) -> None:
    web.pages = {f"{prefix}/users": 401, f"{prefix}/things": as_json([])}
    base, asked = settle(web, "https://api.example.com/v1")
    assert base == prefix
    assert asked == ["/v1/users", "/v1/things", "/users", "/things"]
    assert all("authorization" not in request.headers for request in web.requests)


def test_what_answers_at_once_ends_the_asking(web: Web) -> None:
    web.pages = {"/v1/users": as_json([]), "/v1/things": as_json([])}
    assert settle(web, "/v1") == ("/v1", ["/v1/users", "/v1/things"])


def test_a_page_for_everything_is_no_sign_and_the_likeliest_stays(web: Web) -> None:
    web.otherwise = as_html("<html>")
    web.pages = {"/things": 401}
    assert settle(web, "/v1")[0] == ""
    web.pages = {}
    assert settle(web, "/v1")[0] == "/v1"
