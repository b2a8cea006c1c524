"""Where the document is looked for, and what is said where none is."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from compliance.target import document as module
from compliance.target.document import USUAL_PATHS, fetch_document
from compliance.target.errors import TargetError

BASE = "http://127.0.0.1:1"
SMALL = {"openapi": "3.1.0", "info": {}, "paths": {}}
AS_JSON = httpx.Response(200, json=SMALL)
PAGE = "<script>SwaggerUIBundle({ url: '%s' })</script>"


class Web:
    """Answers by path, 404 elsewhere."""

    def __init__(self, **pages: httpx.Response) -> None:
        self.pages = {
            "/" + name.replace("__", "/").replace("_json", ".json"): page for name, page in pages.items()
        }
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        page = self.pages.get(request.url.path)
        if page is None:
            return httpx.Response(404, json={"detail": "no"})
        return httpx.Response(page.status_code, headers=page.headers, content=page.content)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch):
    real = httpx.Client

    def serve(**pages: httpx.Response) -> Web:
        site = Web(**pages)
        monkeypatch.setattr(
            module.httpx, "Client", lambda **how: real(transport=httpx.MockTransport(site), **how)
        )
        return site

    return serve


@pytest.mark.parametrize("path", USUAL_PATHS)
def test_the_usual_places(web, path: str) -> None:
    site = web()
    site.pages[path] = AS_JSON
    assert fetch_document(BASE) == SMALL


def test_the_first_place_that_has_it_ends_the_search(web) -> None:
    site = web(openapi_json=AS_JSON)
    fetch_document(f"{BASE}/")
    assert site.asked == [f"{BASE}/openapi.json"]


@pytest.mark.parametrize("pointer", ["/special/schema", "special/schema", f"{BASE}/special/schema"])
def test_a_page_of_documentation_says_where(web, pointer: str) -> None:
    site = web(docs=httpx.Response(200, html=PAGE % pointer), special__schema=AS_JSON)
    assert fetch_document(BASE) == SMALL
    assert site.asked[-1] == f"{BASE}/special/schema"


def test_a_page_that_points_to_another_host_is_not_followed(web) -> None:
    site = web(docs=httpx.Response(200, html=PAGE % "http://elsewhere.example.org/openapi.json"))
    with pytest.raises(TargetError, match="no OpenAPI document at the usual places"):
        fetch_document(BASE)
    assert all(asked.startswith(BASE) for asked in site.asked)


@pytest.mark.parametrize(
    ("place", "followed"), [("/moved", True), ("http://elsewhere.example.org/moved", False)]
)
def test_a_redirect_is_followed_on_the_same_host_only(web, place: str, followed: bool) -> None:
    site = web(openapi_json=httpx.Response(307, headers={"location": place}), moved=AS_JSON)
    if followed:
        assert fetch_document(BASE) == SMALL
    else:
        with pytest.raises(TargetError):
            fetch_document(BASE)
    assert all(asked.startswith(BASE) for asked in site.asked)


def test_the_application_that_answers_a_page_to_everything(web) -> None:
    site = web()
    page = httpx.Response(200, html="<html>shop</html>")
    site.pages = dict.fromkeys((*USUAL_PATHS, *module.DOCS_PAGES), page)
    with pytest.raises(
        TargetError, match=r"no OpenAPI document at the usual places.*openapi\.json -> 200 text/html"
    ):
        fetch_document(BASE)


def test_a_given_url_is_the_only_one_asked(web) -> None:
    site = web(mine=AS_JSON, openapi_json=AS_JSON)
    assert fetch_document(BASE, f"{BASE}/mine") == SMALL
    assert site.asked == [f"{BASE}/mine"]
    with pytest.raises(TargetError, match="answered 404, not an OpenAPI document"):
        fetch_document(BASE, f"{BASE}/other")


def test_a_saved_copy_in_json_or_yaml_asks_nobody(web, tmp_path: Path) -> None:
    site = web()
    (tmp_path / "a.json").write_text(json.dumps(SMALL))
    (tmp_path / "a.yaml").write_text("openapi: 3.1.0\ninfo: {}\npaths: {}\n")
    assert fetch_document(BASE, str(tmp_path / "a.json")) == SMALL
    assert fetch_document(BASE, str(tmp_path / "a.yaml")) == SMALL
    assert site.asked == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "{", "broken JSON"),
        ("a.json", "[1]", "no field named openapi"),
        ("a.json", '{"paths": {}}', "no field named openapi"),
        ("a.yaml", "a: [", "broken YAML"),
        ("a.yaml", "just text", "no field named openapi"),
        ("a.json", "", "broken JSON"),
        ("a.json", "\ufeff{}", "JSON"),
    ],
)
def test_a_saved_copy_that_is_none(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(TargetError, match=words):
        fetch_document(BASE, str(tmp_path / name))


def test_a_document_in_yaml_from_the_service(web) -> None:
    web(
        spec=httpx.Response(
            200,
            content=b"openapi: 3.1.0\ninfo: {}\npaths: {}\n",
            headers={"content-type": "application/yaml"},
        )
    )
    assert fetch_document(BASE, f"{BASE}/spec") == SMALL


def test_a_deeply_nested_document_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[" * 100_000)
    with pytest.raises(TargetError):
        fetch_document(BASE, str(tmp_path / "a.json"))
