"""Finding the document of a service: the usual place, what its documentation points to, the places of frameworks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from compliance.target.connection import origin, printable, root
from compliance.target.download import Downloads, Page
from compliance.target.errors import TargetError, Unreachable
from compliance.target.pointers import Pointers, configured, pointers
from compliance.target.reading import Text, is_document, read, read_document

#: FastAPI, and what most others were taught to use.
FIRST = "/openapi.json"
#: Where a page of documentation stands that names its document, most usual first.
DOCS_PAGES = (
    *("/docs", "/swagger-ui/index.html", "/api/docs", "/swagger", "/api", "/redoc", "/scalar", "/apidocs/"),
    *(
        "/swagger/index.html",
        "/api/swagger",
        "/documentation",
        "/api-docs",
        "/api-doc/",
        "/schema",
        "/openapi",
        "/ui/",
        "/",
    ),
)
#: Where frameworks put their document, most usual first.
USUAL_PATHS = (
    FIRST,
    # Spring: springdoc, springfox
    *("/v3/api-docs", "/v2/api-docs", "/api-docs", "/v3/api-docs.yaml"),
    # NestJS, by the path of its user interface
    *("/api-json", "/docs-json", "/swagger-json", "/api/docs-json", "/api-docs-json"),
    # FastAPI and Django Ninja below a prefix, connexion, Express
    *("/api/openapi.json", "/api/v1/openapi.json", "/v1/openapi.json", "/docs/openapi.json", "/swagger.json"),
    *("/api/swagger.json", "/api/v1/swagger.json", "/docs/swagger.json", "/v1.0/openapi.json"),
    # Django REST: drf-spectacular, drf-yasg, its own view
    *("/api/schema/", "/schema/", "/swagger/?format=openapi", "/api/schema.json", "/openapi"),
    # ASP.NET: Swashbuckle, Microsoft.AspNetCore.OpenApi
    *("/swagger/v1/swagger.json", "/openapi/v1.json"),
    # Litestar, flask-openapi3
    *("/schema/openapi.json", "/openapi/openapi.json"),
    # Flask: flasgger, apispec, flask-smorest
    *("/apispec_1.json", "/apispec.json", "/api-spec.json", "/swagger/"),
    # Quarkus, Fastify, Go's swag, utoipa, Elysia
    *("/q/openapi", "/documentation/json", "/docs/json", "/swagger/doc.json", "/api-docs/openapi.json"),
    *("/swagger/json", "/openapi/json", "/api/docs.json"),
    # written by hand
    *("/openapi.yaml", "/openapi.yml", "/swagger.yaml", "/api/openapi.yaml"),
)
#: Pages that give no answer, after which the service is taken for gone.
SILENCES = 3
_TELLING = 3


@dataclass(frozen=True)
class Found:
    """A document and the URL that it came from."""

    text: Text
    place: str


class Search:
    """One search with one set of credentials; what it tried stays, for the message and for another try."""

    def __init__(self, web: Downloads) -> None:
        self._web = web
        #: every place that was asked, with its answer; None where none came
        self.tried: dict[str, Page | None] = {}
        #: why something that looked like the document was none
        self.complaints: list[TargetError] = []
        self.elsewhere: list[str] = []
        self._pages: set[bytes] = set()

    def everywhere(self, base: str) -> Found | None:
        """Look below the target's own path, then at the root of its host. Raises TargetError where nobody answers."""
        for start in dict.fromkeys((base.rstrip("/"), root(base))):
            found = (
                self.at(start + FIRST)
                or self._first(self.documentation(start + page) for page in DOCS_PAGES)
                or self._first(self.at(start + path) for path in USUAL_PATHS)
            )
            if found:
                return found
        return None

    def among(self, places: list[str]) -> Found | None:
        """Ask these again, as somebody else."""
        return self._first(self.at(url) or self.documentation(url) for url in places)

    def at(self, url: str) -> Found | None:
        """The document at that URL, if there is one."""
        page = self._ask(url)
        if page is None or not page.found or page.html or not page.body:
            return None
        try:
            return Found(read_document(page.body, printable(page.url)), page.url)
        except TargetError as complaint:
            self.complaints.append(complaint)
            return None

    def documentation(self, url: str) -> Found | None:
        """The document that the page at that URL shows to its readers."""
        page = self._ask(url)
        if page is None or not page.found or page.body in self._pages:
            return None
        if not page.html:
            return self.at(url) if page.body.lstrip()[:1] == b"{" and _tells(page) else None
        self._pages.add(page.body)
        return self._shown(page)

    def _shown(self, page: Page) -> Found | None:
        shown = pointers(_text(page), page.url)
        if found := self._pointed(shown, page):
            return found
        for script in shown.scripts:
            answer = self._ask(script) if self._near(script) else None
            if answer is not None and answer.found and not answer.html:
                told = pointers(_text(answer), answer.url, page.url)
                if found := self._pointed(told, page):
                    return found
        return None

    def _pointed(self, shown: Pointers, page: Page) -> Found | None:
        if shown.embedded:
            return Found(read_document(shown.embedded.encode(), printable(page.url)), page.url)
        named = list(shown.documents)
        for configuration in shown.configurations:
            answer = self._ask(configuration) if self._near(configuration) else None
            if answer is not None and answer.found and not answer.html:
                named += configured(_lenient(answer), page.url)
        return self._first(self.at(url) for url in named if self._near(url))

    def _near(self, url: str) -> bool:
        """Whether a URL lies at the target itself; nothing else is ever asked."""
        try:
            near = origin(url) == origin(self._web.connection.base_url)
        except ValueError:
            return False
        if not near and url.startswith(("http://", "https://")):
            self.elsewhere.append(url)
        return near

    def _ask(self, url: str) -> Page | None:
        """The answer, None where one place is silent although others are not."""
        try:
            page: Page | None = self._web.get(url)
        except Unreachable:
            silent = sum(answer is None for answer in self.tried.values())
            if len(self.tried) == silent or silent + 1 >= SILENCES:
                raise
            page = None
        self.tried[url] = page
        return page

    def _first(self, places: Iterator[Found | None]) -> Found | None:
        return next((found for found in places if found), None)

    # -- what is said where nothing was found ------------------------------------------------------------------

    def denied(self) -> list[str]:
        """The places that want to know who asks."""
        return [url for url, page in self.tried.items() if page is not None and page.denied]

    def report(self) -> str:
        """What was tried and what came of it, places of equal answers together."""
        groups: dict[str, list[str]] = {}
        for url, page in self.tried.items():
            groups.setdefault("no answer" if page is None else str(page), []).append(_path(url))
        return "; ".join(f"{_few(paths)} -> {answer}" for answer, paths in groups.items())


def _tells(page: Page) -> bool:
    return is_document(_lenient(page))


def _lenient(page: Page) -> Any:
    try:
        return read(page.body, page.url).content
    except TargetError:
        return None


def _text(page: Page) -> str:
    return page.body[:5_000_000].decode("utf-8", "replace")


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def _few(paths: list[str]) -> str:
    if len(paths) <= _TELLING + 1:
        return ", ".join(paths)
    return f"{', '.join(paths[:_TELLING])} and {len(paths) - _TELLING} others"
