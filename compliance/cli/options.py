"""What the commands share: options by the names that pytest knows, the configuration, and what the terminal can show."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi_compliance_pytest import OPTIONS

if TYPE_CHECKING:
    from compliance.catalogue import Catalogue
    from compliance.configuration import Configuration

#: Where these differ from the options of the plugin, which are taken too.
SHORT = {
    "--target-app": "--app",
    "--target-source": "--source",
    "--target-package": "--package",
    "--compliance-config": "--config",
    "--compliance-profile": "--profile",
    "--compliance-report": "--report",
    "--compliance-waivers": "--waivers",
    "--compliance-baseline": "--baseline",
    "--compliance-seed": "--seed",
    "--compliance-standard": "--standard",
}
#: `main:app`, `shop.main:create_app()`; and what is a URL without its scheme, whose check says so.
_APPLICATION = re.compile(r"[\w.]+:[A-Za-z_][\w.]*(\(\))?")
_PORT = re.compile(r":\d+(/|$)")


class UsageError(Exception):
    """What was typed cannot work; the message says what to type instead."""


def take(command: argparse.ArgumentParser, *names: str) -> None:
    """Let a command take these options, by their short names too."""
    for name in names:
        command.add_argument(name, *([SHORT[name]] if name in SHORT else []), **OPTIONS[name])


def aim(given: argparse.Namespace) -> None:
    """Take the target of a command for the option that it stands for. Raises UsageError."""
    if not given.target:
        return
    option = option_for(given.target)
    place = option.lstrip("-").replace("-", "_")
    if getattr(given, place):
        what = {"--target-url": "URL", "--target-app": "application", "--target-source": "folder"}[option]
        raise UsageError(f"give the {what} once: as an argument or as {option}")
    setattr(given, place, given.target)


def option_for(target: str) -> str:
    """The option that a target stands for, by its form. Raises UsageError where it has none of them."""
    if "://" in target or _PORT.search(target):
        return "--target-url"
    if Path(target).is_dir():
        return "--target-source"
    if _APPLICATION.fullmatch(target):
        return "--target-app"
    raise UsageError(
        f"{target} is neither a URL, http://127.0.0.1:8000, nor an application, MODULE:APP, nor a folder here"
    )


def configuration(given: argparse.Namespace) -> Configuration:
    """What holds for a command; of an option that it does not take nothing was given."""
    import os

    from compliance.configuration import configure

    def option(name: str) -> Any:
        return getattr(given, name.lstrip("-").replace("-", "_"), None)

    return configure(option, Path.cwd(), os.environ)


def catalogue(given: argparse.Namespace) -> Catalogue:
    """The standards that hold for a command."""
    from compliance.catalogue import load_standards

    said = configuration(given)
    return load_standards(said["standards"], said.folders)


def choose(command: argparse.ArgumentParser) -> None:
    """Let a command take a part of the standard."""
    command.add_argument("--family", metavar="PAG", action="append", help="of this chapter; may be repeated")
    command.add_argument("--level", metavar="NAME", help="MUST or SHOULD")


def chosen(given: argparse.Namespace, catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """The chapters and the levels that are asked for, all of them where none is named. Raises UsageError."""
    families, levels = [chapter.family for chapter in catalogue.chapters], ["MUST", "SHOULD"]
    asked = [one_of("--family", name, families) for name in given.family or ()]
    level = one_of("--level", given.level, levels)
    return [name for name in families if not asked or name in asked], [level] if level else levels


def said(given: argparse.Namespace, *names: str) -> list[str]:
    """What was given of these options, as it was typed."""
    values = {name: getattr(given, name) or [] for name in names}
    return [
        f"--{name}={value}"
        for name, held in values.items()
        for value in ([held] if isinstance(held, str) else held)
    ]


def one_of(option: str, said: str | None, names: Iterable[str]) -> str | None:
    """The one of the names that was said, in any case. Raises UsageError where it is none of them."""
    found = next((name for name in names if said and name.lower() == said.strip().lower()), None)
    if said is not None and found is None:
        raise UsageError(f"{option}={said} is unknown: it is one of {', '.join(names)}")
    return found


def print_json(data: Any) -> None:
    import json

    print(json.dumps(data, indent=2, ensure_ascii=False))  # noqa: T201


def for_terminal() -> dict[str, Any]:
    """What the terminal can show."""
    import os
    import shutil

    from compliance.report import terminal

    return {
        "width": shutil.get_terminal_size((100, 24)).columns,
        "colour": terminal.wants_colour(sys.stdout, os.environ),
        "unicode": terminal.wants_unicode(sys.stdout),
    }
