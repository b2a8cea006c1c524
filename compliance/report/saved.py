"""Reading a result document that an earlier run wrote."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from compliance.report.document import SCHEMA, schema
from compliance.report.files import ReportError
from compliance.report.view import Report


def read(path: Path) -> Report:
    """The report of a file.

    Raises ReportError where it is no result document, one of another form, or one of a run that was cut short.
    """
    try:
        document = json.loads(_plain(path.read_bytes()))
    except OSError as failure:
        raise ReportError(f"cannot read {path}: {failure.strerror or failure}") from None
    except (ValueError, EOFError, zlib.error, RecursionError) as failure:
        raise ReportError(f"{path} is no result document: {str(failure) or 'nested too deep'}") from None
    if not isinstance(document, dict) or "schema" not in document:
        raise ReportError(f"{path} is no result document: write one with --compliance-report=json:PATH")
    _must_be_whole(path, document)
    return Report(document)


def _plain(data: bytes) -> str:
    """The text of a file, which a big page holds packed."""
    return (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("utf-8")


def _must_be_whole(path: Path, document: dict[str, Any]) -> None:
    import jsonschema_rs

    if document["schema"] != SCHEMA:
        raise ReportError(f"{path} is a result of the form {document['schema']}; this kit reads {SCHEMA}")
    fault = next(iter(jsonschema_rs.validator_for(schema()).iter_errors(document)), None)
    if fault is not None:
        where = "/".join(map(str, fault.instance_path)) or "its top"
        raise ReportError(f"{path} is no result document: at {where}: {fault.message:.200}")
    if document["complete"] is not True:
        raise ReportError(f"{path} is of a run that was cut short, which concludes nothing: run it again")
