"""`compliance inspect`: what is understood of a service's document or code, and why."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.cli import options

if TYPE_CHECKING:
    from compliance.settings import Settings
    from compliance.source import Source

#: What the path of a document looks like, as opposed to that of a service.
_DOCUMENT = re.compile(r"(\.(json|ya?ml)|api-docs)/?$", re.IGNORECASE)


def add(commands: Any) -> None:
    inspect = commands.add_parser(
        "inspect",
        help="what is understood of a service's document or code, and why",
        description="Show what is inferred of a service from its OpenAPI document, or with --source from its code. "
        "Nothing but the document is asked for, and nothing of the code is run.",
        allow_abbrev=False,
    )
    inspect.add_argument(
        "target",
        nargs="?",
        metavar="URL|FILE|MODULE:APP|DIR",
        help="a service, its document, a saved copy, an application, or a project (default: the configured one)",
    )
    options.take(
        inspect, "--target-source", "--target-package", "--openapi", "--target-ca", "--compliance-config"
    )
    form = inspect.add_mutually_exclusive_group()
    form.add_argument("--toml", action="store_true", help="as configuration, to paste and correct")
    form.add_argument("--json", action="store_true", help="for machines")
    inspect.set_defaults(command=_inspect)


def _inspect(given: argparse.Namespace) -> int:
    from compliance.session import written
    from compliance.target.errors import TargetError

    if given.target and not given.target_source and Path(given.target).is_dir():
        given.target, given.target_source = None, given.target
    if given.target and given.target_source:
        raise TargetError("inspect one at a time: a service or its document, or --source")
    settings = _inspected(given)
    for note in settings.notes:
        print(f"compliance: {note}", file=sys.stderr)  # noqa: T201
    alone = not (settings.is_served or settings.openapi)
    source = written(settings) if given.target_source or alone else None
    print(_of_source(given, source) if source else _of_document(given, settings), end="")  # noqa: T201
    return 0


def _of_document(given: argparse.Namespace, settings: Settings) -> str:
    import json

    from compliance.report import inspection, pasting, understanding
    from compliance.session import understood

    contract = understood(settings)
    if given.toml:
        return pasting.pasting(contract)
    if given.json:
        return json.dumps(understanding.understanding(contract), indent=2) + "\n"
    return inspection.render(contract, **options.for_terminal())


def _of_source(given: argparse.Namespace, source: Source) -> str:
    import json

    from compliance.report import layering

    if given.toml:
        return layering.toml(source)
    if given.json:
        return json.dumps(layering.data(source), indent=2) + "\n"
    return layering.render(source, **options.for_terminal())


def _inspected(given: argparse.Namespace) -> Settings:
    """The settings for a target that may be a URL, the URL of a document, a file or an application."""
    from compliance.settings import Settings
    from compliance.target.connection import root
    from compliance.target.errors import TargetError

    target = given.target or ""
    given.target_url = given.target_app = None
    if "://" in target:
        itself = given.openapi is None and _DOCUMENT.search(target.partition("?")[0])
        # The paths of a document that is named itself are those of its host.
        given.target_url, given.openapi = (root(target), target) if itself else (target, given.openapi)
    elif target and Path(target).is_file():
        given.openapi = target
        said = Settings.configured(options.configuration(given))
        return Settings(openapi=target, overrides=said.overrides, notes=said.notes)
    elif ":" in target:
        given.target_app = target
    elif target:
        raise TargetError(f"{target} is neither a URL, nor a file here, nor an application MODULE:APP")
    settings = Settings.configured(options.configuration(given))
    settings.check_form()
    return settings
