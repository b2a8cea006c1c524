"""Finding and reading the OpenAPI document of a service, with one clear message where that fails."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from compliance.target.connection import is_loopback
from compliance.target.errors import TargetError

#: Where frameworks put their document, most usual first.
USUAL_PATHS = ("/openapi.json", "/api/openapi.json", "/api/v1/openapi.json", "/swagger.json", "/v3/api-docs")
#: Where a page of documentation stands that names its document.
DOCS_PAGES = ("/docs", "/redoc", "/swagger", "/api/docs")
#: JSON first: YAML takes fifty times as long to read.
ACCEPTED = {"Accept": "application/json, application/vnd.oai.openapi+json, */*;q=0.1"}
_POINTER = re.compile(r"""(?:\burl\s*:|spec-url\s*=)\s*['"]([^'"]+)['"]""")
#: Bytes; the largest public document known is a quarter of this.
LARGEST = 50_000_000


def fetch_document(base_url: str, given: str | None = None, *, timeout: float = 15.0) -> Mapping[str, Any]:
    """The document at `given` (a path or a URL), else at the usual places. Raises TargetError with what was tried."""
    check_url(base_url, "--target-url")
    if given and "://" not in given:
        return _parse(_read(given), given)
    if given:
        check_url(given, "--openapi")
    with httpx.Client(timeout=timeout, trust_env=not is_loopback(base_url)) as http:
        if given:
            return _parse(_body(_get(http, given), given), given)
        return _discover(http, base_url.rstrip("/"))


def check_url(url: str, option: str) -> None:
    """Raises TargetError unless the URL has a scheme of the web and a host."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as failure:
        raise TargetError(f"{option}={url} is not a URL: {failure}") from None
    if parts.scheme in ("http", "https") and not parts.hostname:
        raise TargetError(
            f"{option}={url} names no host: write it, for instance {option}=http://127.0.0.1:8000"
        )
    if parts.scheme not in ("http", "https"):
        guess = f"http://{url.split('://')[-1]}"
        raise TargetError(
            f"{option}={url} is not a URL of the web: write the scheme, for instance {option}={guess}"
        )


def _discover(http: httpx.Client, base: str) -> Mapping[str, Any]:
    tried = []
    for path in USUAL_PATHS:
        answer = _get(http, base + path)
        tried.append(f"{path} -> {answer.status_code} {_kind(answer)}")
        if answer.status_code == 200 and "html" not in _kind(answer):
            return _parse(_body(answer, base + path), base + path)
    for path in DOCS_PAGES:
        answer = _get(http, base + path)
        pointer = _POINTER.search(answer.text) if answer.status_code == 200 else None
        if pointer and urlsplit(urljoin(base + path, pointer[1])).netloc == urlsplit(base).netloc:
            url = urljoin(base + path, pointer[1])
            return _parse(_body(_get(http, url), url), url)
    raise TargetError(
        f"{base} has no OpenAPI document at the usual places ({'; '.join(tried)}). "
        "Say where it is: --openapi=URL, or --openapi=FILE for a saved copy"
    )


def _get(http: httpx.Client, url: str) -> httpx.Response:
    try:
        answer = http.get(url, headers=ACCEPTED)
        if answer.is_redirect and answer.next_request and answer.next_request.url.host == answer.url.host:
            answer = http.get(answer.next_request.url, headers=ACCEPTED)
    except httpx.HTTPError as failure:
        raise TargetError(
            f"nothing answers at {url} ({type(failure).__name__}: {failure}). Is the service running there?"
        ) from None
    except httpx.InvalidURL as failure:
        raise TargetError(f"{url} is no URL: {failure}") from None
    return answer


def _kind(answer: httpx.Response) -> str:
    return str(answer.headers.get("content-type", "without a content type")).partition(";")[0]


def _body(answer: httpx.Response, url: str) -> bytes:
    if answer.status_code != 200:
        raise TargetError(
            f"{url} answered {answer.status_code}, not an OpenAPI document. Say where it is: --openapi=URL_OR_FILE"
        )
    if "html" in _kind(answer):
        raise TargetError(
            f"{url} is an HTML page, not an OpenAPI document. Say where it is: --openapi=URL_OR_FILE"
        )
    if len(answer.content) > LARGEST:
        raise TargetError(
            f"the document at {url} has {len(answer.content):,} bytes; the kit reads at most {LARGEST:,}"
        )
    return answer.content


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as failure:
        raise TargetError(f"--openapi={path} cannot be read: {failure.strerror or failure}") from None


def _parse(body: bytes, place: str) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as failure:
        if not place.endswith((".yaml", ".yml")) and not _looks_like_yaml(body):
            raise TargetError(f"the document at {place} is broken JSON: {failure}") from None
        document = _parse_yaml(body, place)
    if not isinstance(document, dict) or not ("openapi" in document or "swagger" in document):
        raise TargetError(
            f"the document at {place} is JSON, but no OpenAPI document: it has no field named openapi or swagger"
        )
    return document


def _looks_like_yaml(body: bytes) -> bool:
    return re.match(rb"\s*(openapi|swagger)\s*:", body) is not None


def _parse_yaml(body: bytes, place: str) -> Any:
    import yaml  # only for documents in YAML: it takes long to load and longer to read

    try:
        return yaml.safe_load(body)
    except yaml.YAMLError as failure:
        raise TargetError(f"the document at {place} is broken YAML: {failure}") from None
