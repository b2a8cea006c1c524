"""The OAuth2 password flows that a document declares, and where their token URLs lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from compliance.contract.paths import segments
from compliance.contract.resolve import mapping

if TYPE_CHECKING:
    from compliance.contract.model import Contract, Operation, Service


@dataclass(frozen=True)
class TokenUrl:
    """One token URL as it is written, its host (empty where it is relative) and its path."""

    written: str

    @property
    def host(self) -> str:
        return urlsplit(self.written).netloc

    @property
    def path(self) -> str:
        return "/" + urlsplit(self.written).path.removeprefix("./").strip("/")

    @property
    def is_relative(self) -> bool:
        """Whether it depends on where the document lies."""
        return not self.host and not self.written.startswith("/")


def password_flows(contract: Contract) -> tuple[TokenUrl, ...]:
    """The token URL of every password flow, in OpenAPI 3 and in Swagger 2.0."""
    document = contract.document
    declared = mapping(mapping(document.get("components")).get("securitySchemes")).values()
    flows = [mapping(mapping(mapping(one).get("flows")).get("password")) for one in declared]
    older = mapping(document.get("securityDefinitions")).values()
    flows += [one for one in map(mapping, older) if one.get("flow") == "password"]
    urls = [url for flow in flows if isinstance(url := flow.get("tokenUrl"), str) and url]
    return tuple(TokenUrl(url) for url in dict.fromkeys(urls))


def declares_password_flow(contract: Contract) -> Iterable[Service]:
    """The service, where its document declares an OAuth2 password flow."""
    return [contract.service] if password_flows(contract) else []


def led_to(contract: Contract, url: TokenUrl) -> Operation | None:
    """The operation to which a token URL leads: from the root or the base, a relative one from wherever the document lies."""
    posts = [operation for operation in contract.operations if operation.method == "POST"]
    exact = {url.path, _base_of(contract) + url.path}
    wanted = segments(url.path)
    fitting = [
        one
        for one in posts
        if one.path.rstrip("/") in exact or (url.is_relative and segments(one.path)[-len(wanted) :] == wanted)
    ]
    return min(fitting, key=lambda one: len(one.path), default=None)


def places_of(contract: Contract, url: TokenUrl) -> tuple[str, ...]:
    """Where a token URL may lead that no operation has, as paths from the root of the target."""
    found = [url.path, _base_of(contract) + url.path]
    if url.is_relative:
        paths = [segments(operation.path) for operation in contract.operations]
        common = [first[0] for first in zip(*paths, strict=False) if len(set(first)) == 1]
        found += ["/" + "/".join([*common[:depth], *segments(url.path)]) for depth in (1, 2)]
    return tuple(dict.fromkeys(found))


def _base_of(contract: Contract) -> str:
    """What stands before the document's paths as the operations have them."""
    first = next(iter(mapping(contract.document.get("paths"))), "")
    bases = [
        one.path.removesuffix(first) for one in contract.operations if first and one.path.endswith(first)
    ]
    return min(bases, key=len, default="").rstrip("/")


def own_hosts(document: Mapping[str, object]) -> frozenset[str]:
    """The hosts at which the document says that the service stands."""
    servers = document.get("servers")
    said = [mapping(one).get("url") for one in servers] if isinstance(servers, list) else []
    return frozenset({urlsplit(str(url)).netloc for url in said} | {str(document.get("host") or "")}) - {""}
