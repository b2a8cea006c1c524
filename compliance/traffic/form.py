"""The form of a document, held against the schemas of OpenAPI that the engine brings along."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

#: Characters of a complaint that are shown.
_SHOWN = 120


def deviation(document: Mapping[str, Any]) -> tuple[str, str] | None:
    """Where a document breaks the schema of its version, and how; None where it keeps it."""
    try:
        error = next(iter(_validator(_version(document)).iter_errors(document)), None)
    except ValueError:  # YAML makes numbers of keys, which JSON has not
        return None
    if error is None:
        return None
    place = "/".join(str(step) for step in error.instance_path)
    # The value comes first, and may be most of the document.
    return place or "the document itself", " ".join(error.message.split())[-_SHOWN:]


def _version(document: Mapping[str, Any]) -> str:
    stated = str(document.get("openapi", ""))
    return "2.0" if "swagger" in document else "3.0" if stated.startswith("3.0") else stated[:3]


@cache
def _validator(version: str) -> jsonschema_rs.Validator:
    """Without formats: every URL in a document may be relative, which `uri` does not say."""
    from schemathesis.specs.openapi import definitions

    if version == "2.0":
        return jsonschema_rs.Draft4Validator(definitions.SWAGGER_20, validate_formats=False)
    if version == "3.0":
        return jsonschema_rs.Draft4Validator(definitions.OPENAPI_30, validate_formats=False)
    schema = definitions.OPENAPI_32 if version == "3.2" else definitions.OPENAPI_31
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=False)
