"""Writing reports to files: `--compliance-report=KIND[:PATH]`.

A path is checked before the run, so that a typing error costs no run, and written at its end in one step, so
that a reader never meets half a report. The path `-` is standard output.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from compliance.report.view import Report
from compliance.writing import blank, replace

#: Standard output, as a path.
PRINTED = Path("-")


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

    added: the environment variable that names a file to which a report of another kind is added, and that kind.
    """

    module: str
    file: str
    added: tuple[str, str] | None = None

    def render(self, report: Report) -> str:
        text: str = import_module(f"compliance.report.kinds.{self.module}").render(report)
        return text


#: Every kind of file, each a pure rendering of the result document, imported when it is asked for.
KINDS = {
    "json": Kind("result", "compliance-result.json"),
    "html": Kind("html", "compliance-report.html"),
    "junit": Kind("junit", "compliance-junit.xml"),
    "sarif": Kind("sarif", "compliance.sarif"),
    "github": Kind("github", "-", added=("GITHUB_STEP_SUMMARY", "markdown")),
    "gitlab": Kind("gitlab", "gl-code-quality-report.json"),
    "markdown": Kind("markdown", "compliance.md"),
    "badge": Kind("badge", "compliance-badge.json"),
    "badge-svg": Kind("badge_svg", "compliance-badge.svg"),
    "terminal": Kind("terminal", "compliance-report.txt"),
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


def _error(spec: Spec, failure: OSError) -> ReportError:
    return ReportError(f"cannot write {spec}: {failure.strerror or failure}")
