"""What the commands share: options by the names that pytest knows, the configuration, and what the terminal can show."""

from __future__ import annotations

import argparse
import sys
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


def take(command: argparse.ArgumentParser, *names: str) -> None:
    """Let a command take these options, by their short names too."""
    for name in names:
        command.add_argument(name, *([SHORT[name]] if name in SHORT else []), **OPTIONS[name])


def configuration(given: argparse.Namespace) -> Configuration:
    """What holds for a command; of an option that it does not take nothing was given."""
    import os

    from compliance.configuration import configure

    def option(name: str) -> Any:
        return getattr(given, name.lstrip("-").replace("-", "_"), None)

    return configure(option, Path.cwd(), os.environ)


def catalogue(given: argparse.Namespace) -> Catalogue:
    """The standards that hold for a command."""
    from compliance.session import load_standards

    said = configuration(given)
    return load_standards(said["standards"], said.folders)


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
