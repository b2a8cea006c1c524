"""`compliance config`: each setting and where it comes from, and whether a run could begin with them."""

from __future__ import annotations

import argparse
from typing import Any

from compliance.cli import options
from fastapi_compliance_pytest import OPTIONS


def add(commands: Any) -> None:
    config = commands.add_parser(
        "config", help="show each setting and where it comes from", allow_abbrev=False
    )
    form = config.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON")
    form.add_argument("--schema", action="store_true", help="the JSON Schema of the configuration")
    options.take(config, *OPTIONS)
    config.set_defaults(command=_config)


def _config(given: argparse.Namespace) -> int:
    from compliance.configuration import showing
    from compliance.configuration.keys import schema
    from compliance.report import files
    from compliance.settings import check_configured

    if given.schema:
        options.print_json(schema())
        return 0
    configuration = options.configuration(given)
    if given.json:
        options.print_json(showing.data(configuration))
    else:
        print(showing.table(configuration))  # noqa: T201
    check_configured(configuration)
    for spec in configuration["reports"]:
        files.parse(spec)
    return 0
