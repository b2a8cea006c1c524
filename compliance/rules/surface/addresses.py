"""What the addresses of the API say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from compliance.catalogue import Level, Phase, Violation, rule
from compliance.contract.model import Contract, Operation, Service
from compliance.contract.paths import segments, vocabulary, words
from compliance.target.reach import Target

#: `v1`, `v2.1`, `v1beta2`, `2024-06-01`, `1.0`.
VERSION = re.compile(
    r"v\d+(?:[._]\d+)*(?:(?:alpha|beta|rc)\d*)?|\d{4}-\d{2}(?:-\d{2})?|\d+\.\d+", re.IGNORECASE
)
#: What serves the operation of the service, and needs no version.
OPERATING = vocabulary(
    "health healthz healthcheck live livez liveness ready readyz readiness ping status metrics info version "
    "openapi docs redoc swagger robots favicon"
)


def versioned_services(contract: Contract) -> Iterable[Service]:
    """The service, where it has operations beside those for operating it."""
    return [contract.service] if any(map(_is_of_the_api, contract.operations)) else []


@rule(
    "SUR-006",
    "The paths of the API carry its version",
    level=Level.SHOULD,
    subjects=versioned_services,
    phase=Phase.HANDSHAKE,
)
def paths_carry_the_version(target: Target, _: Service) -> None:
    """
    Why: without a version an incompatible change replaces what clients rely on, instead of standing beside it.

    Breaks: `app.include_router(users.router, prefix="/users")`

    Conforms: `app.include_router(api_router, prefix="/api/v1")`
    """
    below = any(map(VERSION.fullmatch, segments(urlsplit(target.client.base_url).path)))
    own = [one for one in target.contract.operations if _is_of_the_api(one)]
    bare = [] if below else [one for one in own if not _is_versioned(one)]
    if bare:
        raise Violation(
            "the paths have no version",
            "a prefix such as /api/v1",
            f"{len(bare)} of {len(own)} operations without one, {bare[0].label} for instance",
        )


def _is_of_the_api(operation: Operation) -> bool:
    """Well-known addresses (RFC 8615) are the host's own, and so is what serves the operation of the service."""
    parts = [part for part in segments(operation.path) if not part.startswith("{")]
    return bool(parts) and parts[0] != ".well-known" and not set(words(parts[-1])) & OPERATING


def _is_versioned(operation: Operation) -> bool:
    """By its path, or by a header or a media type that the document declares."""
    path = any(VERSION.fullmatch(part) or "version" in part for part in segments(operation.path))
    header = any(
        "version" in one.name.lower() for one in operation.parameters if one.location in ("header", "query")
    )
    kinds = [kind for answer in operation.responses.values() for kind in answer.media_types]
    return path or header or any(re.search(r"\bv(?:ersion=)?\d", kind) for kind in kinds)
