"""Logging: that there is some, how it is written, and what is no log."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.source import Source, asks_ruff
from compliance.source.logs import is_error_call
from compliance.source.modules import called, last
from compliance.source.routes import APPLICATIONS
from compliance.source.subjects import whole
from compliance.source.within import function_of, is_started_alone

if TYPE_CHECKING:
    from compliance.source.modules import Module

#: Services that collect every error of the application once they are set up.
_COLLECTORS = (
    *("sentry_sdk.init", "rollbar.init", "bugsnag.configure", "newrelic.agent.initialize"),
    *("logfire.instrument_fastapi", "elasticapm.contrib.starlette.make_apm_client"),
)
_FORMATTED = ("G001", "G002", "G003", "G004")
#: Libraries of programs that people run, and speak to them by print.
_COMMAND_LINES = frozenset(
    ["typer", "click", "argparse", "fire", "cleo", "cyclopts", "cappa", "docopt", "asyncclick"]
)
_COMMANDS = frozenset(["cli", "__main__", "commands", "command", "scripts", "management", "console", "cmd"])


@rule(
    "COD-016",
    "The service logs its errors",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def errors_are_logged(source: Source, _: Source) -> None:
    """
    Why: what went wrong at night is known in the morning from the log alone.

    Breaks: no module that writes a warning or an error to a log

    Conforms: `logger.exception("unhandled_exception")` where exceptions are turned into answers
    """
    if any(is_error_call(module, node) for module in source.modules for node in module.nodes(ast.Call)):
        return
    if any(True for _ in source.index.calls(*_COLLECTORS)):
        return
    source.must_be_read()
    applications = [module.place(node) for module, node in source.index.calls(*APPLICATIONS)]
    operations = [one.function.module.place(one.function.node) for one in source.routes]
    if not applications and not operations:
        raise NotApplicable("no module makes an application of FastAPI or an operation of one")
    source.none_of(
        applications or operations[:1], "no error is ever logged", "a logger that errors are written to"
    )


@rule(
    "COD-017",
    "What is logged is an event with values, not a formatted text",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff(*_FORMATTED)
def logs_are_structured(source: Source, _: Source) -> None:
    """
    Why: a text with the values in it is another one every time, so that nothing counts or finds it.

    Breaks: `logger.error(f"order {order_id} failed: {error}")`

    Conforms: `logger.error("order_failed", order_id=order_id)`, `logger.error("order %s failed", order_id)`, `extra={…}`
    """
    places = [place for _, place in source.ruff_by_hand(*_FORMATTED)]
    source.none_of(places, "a log call formats its text", "an event with its values beside it")


@rule(
    "COD-018",
    "The service does not print",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff("T201")
def nothing_is_printed(source: Source, _: Source) -> None:
    """
    Why: what is printed has no level, no time and no request, and goes where no log goes.

    Breaks: `print("starting")` in the application

    Conforms: `logger.info("starting")`; a command for people may print
    """
    places = [
        place
        for module, place in source.ruff_by_hand("T201")
        if not _is_command(source, module) and not _is_for_commands(source, module, place.line)
    ]
    source.none_of(places, "the service prints", "a log")


def _is_command(source: Source, module: Module) -> bool:
    """Whether a module is a program for people."""
    parts = set(module.name.split(".")) | {last(module.name)}
    uses = {one.name.partition(".")[0] for one in module.imported}
    named = bool(parts & _COMMANDS) or module.file.endswith("__main__.py")
    return named or bool(uses & _COMMAND_LINES) or module.name in source.scripts


def _is_for_commands(source: Source, module: Module, line: int) -> bool:
    """Whether what prints runs only when the module is started alone, or stands in a function that only commands import."""
    for node in module.nodes(ast.Call):
        if node.lineno != line or called(node) != "print":
            continue
        function = function_of(module, node)
        return is_started_alone(module, node) or (
            function is not None and _only_commands_import(source, function.name)
        )
    return False


def _only_commands_import(source: Source, name: str) -> bool:
    users = [module for module in source.modules if name in module.imports.values()]
    return bool(users) and all(_is_command(source, module) for module in users)
