"""The report as one HTML file: no request, no script needed to read it, nothing of the evidence ever obeyed."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from compliance.report.kinds.html.page import Page
from compliance.report.kinds.html.text import inline, markdown, safe
from compliance.report.view import Report

#: Bytes from which on the document is packed: a browser fails over a link of a hundred megabytes.
PACKED = 4 * 1024 * 1024


def render(report: Report) -> str:
    """The whole page. Style and script stand in it and are the only ones that its own policy allows."""
    style, script = _asset("page.css"), _asset("page.js")
    name, kind, data = _download(report)
    return (
        _environment()
        .get_template("page.html")
        .render(
            page=Page(report),
            report=report,
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(style, script),
            download=name,
            kind=kind,
            data=b64encode(data).decode(),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("compliance.report.kinds.html"),
        autoescape=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        finalize=safe,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(markdown=markdown, inline=inline)
    return environment


def _download(report: Report) -> tuple[str, str, bytes]:
    """The document as a file: its name, its media type and its bytes."""
    data = json.dumps(report.document, separators=(",", ":"), allow_nan=False).encode()
    if len(data) <= PACKED:
        return "result.json", "application/json", data
    return "result.json.gz", "application/gzip", gzip.compress(data, mtime=0)


def _asset(name: str) -> str:
    """A file beside this module; the template puts no character around it, so that its hash is that of the element."""
    return (files("compliance.report.kinds.html") / name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    hashes = (f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in (style, script))
    return "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'".format(
        *hashes
    )
