"""Writing reports to files: `--compliance-report=KIND[:PATH]`.

A path is checked before the run, so that a typing error costs no run, and written at its end in one step, so
that a reader never meets half a report. What stands there is replaced where it is a report of that kind or empty, and
stays otherwise. The path `-` is standard output.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from compliance.report.view import Report
from compliance.writing import blank, replace

#: Standard output, as a path.
PRINTED = Path("-")
#: Bytes of a file that tell whose it is.
LOOKED_AT = 64 * 1024


class ReportError(Exception):
    """A report that cannot be written; the message is for the person who asked for it."""


@dataclass(frozen=True)
class Spec:
    """One report that somebody asked for."""

    kind: str
    path: Path

    def __str__(self) -> str:
        return f"{self.kind}:{self.path}"


@dataclass(frozen=True)
class Kind:
    """One form of report: the module whose `render(report)` gives its text, and the file where nobody names one.

    begins: how every file of that form does, of whichever version, and nobody else's.
    added: the environment variable that names a file to which a report of another kind is added, and that kind.
    """

    module: str
    file: str
    begins: bytes
    added: tuple[str, str] | None = None

    def render(self, report: Report) -> str:
        text: str = import_module(f"compliance.report.kinds.{self.module}").render(report)
        return text

    def wrote(self, path: Path) -> bool:
        """Whether a file is a report of this kind. Raises OSError where it cannot be read."""
        with path.open("rb") as stream:
            return re.match(self.begins, stream.read(LOOKED_AT)) is not None


#: Every kind of file, each a pure rendering of the result document, imported when it is asked for.
KINDS = {
    "json": Kind("result", "compliance-result.json", rb'\{\s*"schema":\s*"urn:fastapi-compliance:result:'),
    "html": Kind(
        "html",
        "compliance-report.html",
        rb'<!doctype html>\s<html lang="en">\s<head>\s<meta name="generator" content="fastapi-compliance">',
    ),
    "junit": Kind("junit", "compliance-junit.xml", rb'<\?xml [^\n]*\n<testsuites name="compliance of '),
    "sarif": Kind(
        "sarif", "compliance.sarif", rb'\{\s*"\$schema":[^{]*\{[^{]*\{[^{]*\{\s*"name": "fastapi-compliance"'
    ),
    "github": Kind(
        "github", "-", rb"::notice title=compliance of ", added=("GITHUB_STEP_SUMMARY", "markdown")
    ),
    "gitlab": Kind(
        "gitlab",
        "gl-code-quality-report.json",
        rb'\[\s*(\]|\{\s*"description": [^\n]*\n\s*"check_name": "([A-Z]+-\d+(@\w+)?|verdict)")',
    ),
    "markdown": Kind("markdown", "compliance.md", rb"## Compliance: [^\n]*\n\n[^\n]* fastapi-compliance "),
    "badge": Kind("badge", "compliance-badge.json", rb'\{\s*"schemaVersion": 1,\s*"label": "compliance"'),
    "badge-svg": Kind("badge_svg", "compliance-badge.svg", rb'<svg [^>]*aria-label="compliance: '),
    "terminal": Kind("terminal", "compliance-report.txt", rb"compliance \S+ \S+ standard "),
}


def parse(text: str) -> Spec:
    """Read KIND or KIND:PATH. Raises ReportError, with the nearest kind where one was misspelt."""
    kind, colon, path = text.partition(":")
    if kind not in KINDS and not colon and (not text or {".", os.sep} & set(text)):
        raise ReportError(
            f"{text!r} names no kind of report: write KIND:PATH, such as json:{text or 'result.json'}"
        )
    if kind not in KINDS:
        near = get_close_matches(kind.strip().lower(), KINDS, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"the kinds are {', '.join(KINDS)}"
        raise ReportError(f"there is no report of the kind {kind!r}: {hint}")
    if not colon:
        return Spec(kind, Path(KINDS[kind].file))
    if not path.strip():
        raise ReportError(f"{text!r} names no file: write {kind}:PATH")
    if path.endswith(("/", os.sep)):
        raise ReportError(f"{text!r} names a folder: name a file in it")
    try:
        return Spec(kind, Path(path).expanduser())
    except RuntimeError as failure:
        raise ReportError(f"{text!r} names no file: {failure}") from failure


def asked(texts: Iterable[str]) -> list[Spec]:
    """What somebody asked for, each once: a summary that is added twice reads like two runs. Raises ReportError."""
    specs = list(dict.fromkeys(parse(text) for text in texts))
    ready(specs)
    return specs


def ready(specs: Sequence[Spec]) -> None:
    """Raise ReportError if one of them could not be written now, or would replace another."""
    taken: dict[Path, Spec] = {}
    for spec in specs:
        check(spec)
        if spec.path == PRINTED:
            continue
        other = taken.setdefault(spec.path.resolve(), spec)
        if other.kind != spec.kind:
            raise ReportError(f"{other} and {spec} are one file: give each report a path of its own")


def check(spec: Spec) -> None:
    """Raise ReportError if the report could not be written now. Leaves nothing behind."""
    if added := KINDS[spec.kind].added:
        _must_take(added[0])
    if spec.path == PRINTED:
        return
    try:
        _must_be_replaceable(spec)
        probe = blank(spec.path.parent, 0o600)
    except OSError as failure:
        raise _error(spec, failure) from failure
    probe.unlink(missing_ok=True)


def write(spec: Spec, report: Report) -> None:
    """Write or print the report, and what is added to a file beside it. Raises ReportError."""
    kind = KINDS[spec.kind]
    data = kind.render(report).encode("utf-8")
    if spec.path == PRINTED:
        _print(data)
    else:
        _replace(spec, data)
    if kind.added:
        _add(*kind.added, report)


def _print(data: bytes) -> None:
    """As bytes: what a machine reads is UTF-8, whatever the terminal speaks."""
    if sys.stdout is None:
        raise ReportError("nothing can be printed: standard output is closed")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _must_take(variable: str) -> None:
    """Raise ReportError if the file that the variable names could not be added to."""
    path = Path(os.environ.get(variable) or os.devnull)
    if not os.access(path if path.exists() else path.parent, os.W_OK) or path.is_dir():
        raise ReportError(f"${variable} names {path}, which cannot be written")


def _add(variable: str, kind: str, report: Report) -> None:
    """Add a report of that kind to the file that the variable names, if it names one."""
    path = os.environ.get(variable)
    if not path:
        return
    data = KINDS[kind].render(report).encode("utf-8")
    try:
        with Path(path).open("ab") as stream:
            stream.write(data)
    except (OSError, ValueError) as failure:
        raise ReportError(f"cannot add to the file of ${variable}: {failure}") from failure


def _replace(spec: Spec, data: bytes) -> None:
    try:
        _must_be_replaceable(spec)
        replace(spec.path, data, lambda: _must_be_replaceable(spec))
    except OSError as failure:
        raise _error(spec, failure) from failure


def _must_be_replaceable(spec: Spec) -> None:
    """Raises ReportError where something stands there that no report may replace, or where there is no folder."""
    folder = spec.path.parent
    if not folder.is_dir():
        raise ReportError(f"cannot write {spec}: there is no folder {folder}")
    try:
        there = spec.path.lstat()
    except FileNotFoundError:
        return
    except ValueError as failure:
        raise ReportError(f"cannot write {spec!s:.200}: {failure}") from failure
    if stat.S_ISDIR(there.st_mode):
        raise ReportError(f"cannot write {spec}: it is a folder; name a file in it")
    if not stat.S_ISREG(there.st_mode):
        raise ReportError(f"cannot write {spec}: something other than a regular file stands there")
    if not there.st_mode & stat.S_IWUSR or not os.access(spec.path, os.W_OK):
        raise ReportError(f"cannot write {spec}: the file is write-protected")
    if there.st_size and not KINDS[spec.kind].wrote(spec.path):
        raise ReportError(
            f"{spec.path} stays as it is, for it holds something else than a report of the kind {spec.kind}: "
            "name another file, or move that one away first"
        )


def _error(spec: Spec, failure: OSError) -> ReportError:
    return ReportError(f"cannot write {spec}: {failure.strerror or failure}")
