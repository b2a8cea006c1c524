"""`compliance demo`: the reference and a deliberately broken sibling, judged here and now."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.cli import exits, options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.report.view import Report

EXTRA = "fastapi-compliance[reference]"
_BEGUN = "Judging a sound service and its broken sibling on this machine; that takes less than a minute."
_AMISS = "one of the two verdicts is not the one that is meant; please report it"
REFERENCE, BROKEN = "reference", "broken"


def add(commands: Any) -> None:
    demo = commands.add_parser(
        "demo",
        help="judge a sound service and a broken one that come with the kit",
        description="Serve the reference and a sibling of it with planted faults, on this machine and in temporary folders, "
        "and judge both. Nothing of yours is touched, and no network is needed.",
        allow_abbrev=False,
    )
    demo.add_argument(
        "--output", metavar="DIR", help="a new or empty folder for the reports (default: a temporary one)"
    )
    demo.add_argument("--no-browser", action="store_true", help="do not open the report")
    demo.set_defaults(command=_demo)


def _demo(given: argparse.Namespace) -> int:
    from compliance.cli import sibling

    lacking = sibling.missing()
    if lacking:
        raise options.UsageError(
            f"the demo serves a service of its own, which needs {', '.join(lacking)}: pip install '{EXTRA}', "
            f"or without installing anything: uvx --from '{EXTRA}' compliance demo"
        )
    folder = _folder(given.output)
    print(_BEGUN, flush=True)  # noqa: T201
    try:
        judged = _judged(folder)
    finally:
        if not given.output:
            with suppress(OSError):  # what has a report in it stays
                folder.rmdir()
    if isinstance(judged, str):
        print(f"compliance: {judged}", file=sys.stderr)  # noqa: T201
        return exits.FAULT
    print(_told(judged, folder))  # noqa: T201
    if not given.no_browser:
        _show(_report(folder, BROKEN))
    if [report.word for report in judged.values()] == ["compliant", "not compliant"]:
        return exits.COMPLIANT
    print(f"compliance: {_AMISS}", file=sys.stderr)  # noqa: T201
    return exits.FAULT


def _folder(wanted: str | None) -> Path:
    """Where the reports go. Raises UsageError where something stands there already."""
    import tempfile

    if not wanted:
        return Path(tempfile.mkdtemp(prefix="compliance-demo-"))
    folder = Path(wanted).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise options.UsageError(f"--output={wanted} is not empty: name a new folder")
    except OSError as failure:
        raise options.UsageError(f"--output={wanted}: {failure.strerror or failure}") from None
    return folder.resolve()


def _judged(folder: Path) -> dict[str, Report] | str:
    """The report of each, or what went wrong. Both are judged at once."""
    import time
    from contextlib import ExitStack
    from tempfile import TemporaryDirectory

    from compliance.cli import sibling
    from compliance.report import saved
    from compliance.report.pulse import pulse

    begun = time.monotonic()
    with ExitStack() as stack:
        runs = {}
        for name, planted in ((REFERENCE, []), (BROKEN, sibling.faults())):
            place = Path(
                stack.enter_context(TemporaryDirectory(prefix="compliance-", ignore_cleanup_errors=True))
            )
            sibling.settle(place, planted)
            kinds = dict.fromkeys((_kind(), "json"))
            runs[name] = sibling.judging(place, [f"{kind}:{folder / name}.{kind}" for kind in kinds])
            stack.callback(_end, runs[name])
        stack.enter_context(
            pulse(lambda: f"compliance: judging both, {time.monotonic() - begun:.0f} s", sys.stderr)
        )
        for name, run in runs.items():
            _, said = run.communicate()
            if not (folder / f"{name}.json").exists():
                last = (said.strip().splitlines() or ["it said nothing"])[-1]
                return f"the {name} service could not be judged: {last}"
    return {name: saved.read(folder / f"{name}.json") for name in runs}


def _end(run: Any) -> None:
    """Let a run that is interrupted end by itself, which deletes what it made; then make it."""
    import subprocess

    if run.poll() is None:
        run.terminate()
        try:
            run.wait(10)
        except subprocess.TimeoutExpired:
            run.kill()
    run.stderr.close()
    run.wait()


def _told(judged: Mapping[str, Report], folder: Path) -> str:
    from compliance.cli import sibling

    sound, broken = judged[REFERENCE], judged[BROKEN]
    lines = ["", f"The reference: {sound.word.upper()}", *_wrapped(sound.scope), ""]
    lines.append(f"Its broken sibling: {broken.word.upper()}")
    found = {finding.rule.id: finding.rule.title for finding in broken.findings}
    for fault in sibling.faults():
        lines.append(f"  planted  {fault.words}")
        lines += [f"    found  {one}  {found.pop(one)}" for one in fault.rules if one in found] or [
            "    not found"
        ]
    lines += [f"  beside   {one}  {title}" for one, title in found.items()]
    lines += [
        "",
        f"Reports  {_report(folder, REFERENCE)}",
        f"         {_report(folder, BROKEN)}",
        "",
        "Now yours: compliance check http://127.0.0.1:8000, or compliance check main:app, which serves it too.",
    ]
    return "\n".join(lines)


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _kind() -> str:
    from compliance.report.files import KINDS

    return "html" if "html" in KINDS else "json"


def _report(folder: Path, name: str) -> Path:
    return folder / f"{name}.{_kind()}"


def _show(report: Path) -> None:
    """Open it in the browser, where there is a screen and somebody before it."""
    import os
    import webbrowser

    screen = (
        sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if screen and not os.environ.get("CI") and report.suffix == ".html":
        webbrowser.open(report.as_uri())
