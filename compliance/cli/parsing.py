"""Reading what was typed: one line on standard error for what cannot be understood, with what was meant, perhaps."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from compliance.cli import exits, options

#: How the help calls the first word.
COMMAND = "COMMAND"


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, sends the reader to the help of that command, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(exits.USAGE, f"compliance: {message} (try: {self.prog} --help)\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Every parser answers for itself: argparse would leave what a command does not know to the outermost one."""
        read, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(_unknown(unknown, self._option_string_actions))
        return read, unknown

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        choices = [str(one) for one in action.choices]
        option = action.option_strings[-1] if action.option_strings else ""
        what = (
            f"{option}={value} is unknown"
            if option
            else f"there is no {str(action.metavar).lower()} {value!r}"
        )
        hint = _near(str(value), choices) or _judging(action, str(value)) or f"one of {', '.join(choices)}"
        raise argparse.ArgumentError(None, f"{what}: {hint}")


def _unknown(words: Sequence[str], known: Iterable[str]) -> str:
    """What nobody knows, with what is near the first option among it."""
    option = next((word.partition("=")[0] for word in words if word.startswith("-")), "")
    hint = _near(option, known)
    return f"unrecognized arguments: {' '.join(words)}" + (f"; {hint}" if hint else "")


def _near(word: str, known: Iterable[str]) -> str:
    found = get_close_matches(word, list(known), 1, 0.7)
    return f"did you mean {found[0]}?" if found else ""


def _judging(action: argparse.Action, value: str) -> str:
    """Who names a target where a command is expected means to judge it."""
    try:
        wanted = action.metavar == COMMAND and options.option_for(value)
    except options.UsageError:
        return ""
    return f"did you mean compliance check {value}?" if wanted else ""
