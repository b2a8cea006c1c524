"""Where the document is looked for, what pages of documentation say of it, and what is said where there is none."""

from __future__ import annotations

import json

import httpx
import pytest

from compliance.target.discovery import DOCS_PAGES, USUAL_PATHS
from compliance.target.document import fetch_document
from compliance.target.errors import TargetError
from tests.target.web import BASE, SMALL, Web, as_html, as_json


@pytest.mark.parametrize("path", USUAL_PATHS)
@pytest.mark.parametrize("base", ["", "/gateway"])
def test_the_usual_places_below_the_target_or_at_its_host(web: Web, path: str, base: str) -> None:
    web.pages[path] = as_json(SMALL)
    assert fetch_document(BASE + base) == SMALL


def test_the_first_place_that_has_it_ends_the_search(web: Web) -> None:
    web.pages = {"/openapi.json": as_json(SMALL), "/base/openapi.json": as_json(SMALL)}
    fetch_document(f"{BASE}/")
    fetch_document(f"{BASE}/base/")
    assert web.paths == ["/openapi.json", "/base/openapi.json"]


@pytest.mark.parametrize("pointer", ["/special/schema", "special/schema", f"{BASE}/special/schema"])
def test_a_page_of_documentation_says_where(web: Web, pointer: str) -> None:
    web.pages = {
        "/docs": as_html(f"<script>SwaggerUIBundle({{ url: '{pointer}' }})</script>"),
        "/special/schema": as_json(SMALL),
    }
    assert fetch_document(BASE) == SMALL
    assert web.paths == ["/openapi.json", "/docs", "/special/schema"]


WHOLE = json.dumps(SMALL, indent=2)
#: As these interfaces really write it; each page with what it needs beside it.
INTERFACES = {
    "ReDoc": {"/redoc": "<redoc spec-url='/doc'></redoc>"},
    "ReDoc by script": {"/redoc": "<script>Redoc.init('/doc', {}, document.body)</script>"},
    "Scalar": {"/scalar": '<script id="api-reference" data-url="/doc"></script>'},
    "Scalar, configured": {
        "/scalar": """<script id="api-reference" data-configuration='{&quot;url&quot;:&quot;/doc&quot;}'></script>"""
    },
    "Scalar, by script": {"/docs": "<script>Scalar.createApiReference('#a', {\n  url: '/doc',\n})</script>"},
    "Scalar, with the document in it": {
        "/scalar": f'<script id="api-reference" type="application/json">{WHOLE}</script>'
    },
    "RapiDoc": {"/docs": '<rapi-doc spec-url = "../doc"></rapi-doc>'},
    "Elements": {"/docs": '<elements-api apiDescriptionUrl="/doc" router="hash"/>'},
    "several documents": {"/docs": '<script>swagger({"urls":[{"url":"doc","name":"V1"}]})</script>'},
    "Django's escapes": {"/api/docs": '<script>swagger = {url: "/\\u0064oc"}</script>'},
    "Django's escapes in a query": {
        "/api/docs": '<script>swagger = {url: "/doc?format\\u003Djson"}</script>',
        "/doc?format=json": "the document",
    },
    "an initialising script": {
        "/swagger-ui/index.html": '<title>Swagger UI</title><script src="./swagger-initializer.js" charset="UTF-8">',
        "/swagger-ui/swagger-initializer.js": 'window.ui = SwaggerUIBundle({ url: "https://petstore.swagger.io/v2/swagger.json" });'
        ' SwaggerUIBundle({ "configUrl" : "/conf/swagger-config" })',
        "/conf/swagger-config": json.dumps({"configUrl": "/conf/swagger-config", "urls": [{"url": "/doc"}]}),
    },
    "an initialising script with the document in it": {
        "/api": "<title>Swagger UI</title><script src='./api/swagger-ui-init.js'></script>",
        "/api/swagger-ui-init.js": f'/* swagger */ let options = {{\n "swaggerDoc": {WHOLE},\n "customOptions": {{}} }};',
    },
    "the same with one page for its one document": {
        "/api-doc/": "<title>Swagger UI</title><script src='./swagger-ui-init.js'></script>",
        "/api-doc/swagger-ui-init.js": f'/* swagger */ let options = {{\n "swaggerDoc": {WHOLE}}};',
    },
    "a script for the page's own query": {
        "/docs": '<title>swagger</title><script src="/static/yasg/swagger-ui-init.js"></script>',
        "/static/yasg/swagger-ui-init.js": "// swagger\nvar defaultSpecUrl = currentPath + '?format=openapi';",
        "/docs?format=openapi": "the document",
    },
    "a page that sends on": {
        "/swagger": "> /swagger/ui",
        "/swagger/ui": "<script>swagger({url: '../doc'})</script>",
    },
    "a page that answers with the document": {"/api": WHOLE},
}


@pytest.mark.parametrize("pages", INTERFACES.values(), ids=INTERFACES.keys())
def test_what_user_interfaces_say(web: Web, pages: dict[str, str]) -> None:
    web.pages["/doc"] = as_json(SMALL)
    for path, text in pages.items():
        if text == "the document":
            web.pages[path] = as_json(SMALL)
        elif text.startswith("> "):
            web.pages[path] = text[2:]
        elif text.startswith("{"):
            web.pages[path] = (text.encode(), "application/json")
        elif path.endswith(".js"):
            web.pages[path] = (text.encode(), "application/javascript")
        else:
            web.pages[path] = as_html(text)
    assert fetch_document(BASE) == SMALL
    assert all(asked.startswith(BASE) for asked in web.asked)


def test_a_page_that_is_no_documentation_is_not_searched_for_addresses(web: Web) -> None:
    web.pages["/"] = as_html("<script>track({ url: '/logout' })</script>")
    with pytest.raises(TargetError):
        fetch_document(BASE)
    assert "/logout" not in web.paths


def test_a_page_that_points_to_another_host_is_not_followed_but_named(web: Web) -> None:
    web.pages["/docs"] = as_html(
        "<script>swagger({url: 'http://elsewhere.example.org/openapi.json'})</script>"
    )
    with pytest.raises(
        TargetError, match=r"another origin: --openapi=http://elsewhere.example.org/openapi.json"
    ):
        fetch_document(BASE)
    assert all(asked.startswith(BASE) for asked in web.asked)


@pytest.mark.parametrize(
    "place", ["https://127.0.0.1:1/openapi.json", "http://elsewhere.example.org/openapi.json"]
)
def test_a_redirect_is_followed_at_the_same_origin_only(web: Web, place: str) -> None:
    web.otherwise = place
    with pytest.raises(
        TargetError, match=f"another origin: try --target-url={place.removesuffix('/openapi.json')}"
    ):
        fetch_document(BASE)
    assert all(asked.startswith(f"{BASE}/") for asked in web.asked)


def test_a_service_that_moved_as_a_whole_is_said_once(web: Web) -> None:
    web.pages = {path: f"https://moved.example.org{path}" for path in USUAL_PATHS}
    with pytest.raises(TargetError) as refused:
        fetch_document(BASE)
    assert str(refused.value).count("moved.example.org") == 2  # what came of it, and what to do
    assert "try --target-url=https://moved.example.org" in str(refused.value)


def test_a_redirect_in_a_circle_ends(web: Web) -> None:
    web.pages["/openapi.json"] = "/openapi.json"
    with pytest.raises(TargetError, match="at the usual places"):
        fetch_document(BASE)
    assert web.paths.count("/openapi.json") < 10


def test_what_was_tried_is_told_in_groups(web: Web) -> None:
    web.pages["/docs"] = as_html("<html>shop</html>")
    with pytest.raises(TargetError) as raised:
        fetch_document(BASE)
    tried = len({*DOCS_PAGES, *USUAL_PATHS})
    assert str(raised.value) == (
        f"{BASE} has no OpenAPI document at the usual places "
        f"(/openapi.json, /swagger-ui/index.html, /api/docs and {tried - 4} others -> 404; /docs -> 200 text/html). "
        "Say where it is: --openapi=URL, or --openapi=FILE for a saved copy"
    )
    assert len(web.asked) == tried


def test_what_looked_like_the_document_is_complained_of(web: Web) -> None:
    web.pages = {"/openapi.json": (b'{"openapi": ', "application/json"), "/": as_json({"hello": "world"})}
    with pytest.raises(TargetError, match=r"/openapi.json is broken JSON"):
        fetch_document(BASE)
    web.pages["/v3/api-docs"] = as_json(SMALL)
    assert fetch_document(BASE) == SMALL


def test_one_silent_place_is_passed_over_and_three_are_not(web: Web) -> None:
    web.pages = {"/docs": httpx.ReadTimeout("slow"), "/v3/api-docs": as_json(SMALL)}
    assert fetch_document(BASE) == SMALL
    web.pages |= dict.fromkeys(("/api", "/redoc"), httpx.ReadTimeout("slow"))
    with pytest.raises(TargetError, match=r"/redoc does not answer: nothing came within 30 seconds"):
        fetch_document(BASE)


def test_a_service_that_never_answers_is_asked_once(web: Web) -> None:
    web.otherwise = httpx.ConnectTimeout("")
    with pytest.raises(TargetError, match=r"/openapi.json does not answer"):
        fetch_document(BASE)
    assert len(web.asked) == 1


def test_a_hostile_page_costs_a_bounded_number_of_requests(web: Web) -> None:
    links = "".join(f"<script>swagger({{url: '/doc/{number}'}})</script>" for number in range(5000))
    web.otherwise = as_html(links)
    with pytest.raises(TargetError):
        fetch_document(BASE)
    assert len(web.asked) < 150
