"""The command line: `compliance check`, `inspect`, `rules`, `explain` and `config`.

Exit status of `check`: 0 compliant, 1 not compliant, 2 partial (something was left out by --rule), 3 inconclusive,
4 a usage error, 130 interrupted. The others: 0, or 4.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from compliance import __version__
from fastapi_compliance_pytest import OPTIONS

if TYPE_CHECKING:
    from compliance.catalogue import Catalogue
    from compliance.configuration import Configuration
    from compliance.result import Run
    from compliance.settings import Settings
    from compliance.source import Source
    from compliance.verdict import Verdict

USAGE, INTERRUPTED = 4, 130
#: The variable that asks for the traceback of a fault of the kit's.
DEBUG = "COMPLIANCE_DEBUG"
#: Exit status by the verdict's word.
EXITS = {"compliant": 0, "not compliant": 1, "partial": 2, "inconclusive": 3}
#: Where these differ from the options of the plugin, which are taken too.
SHORT = {
    "--target-app": "--app",
    "--target-source": "--source",
    "--target-package": "--package",
    "--compliance-config": "--config",
    "--compliance-profile": "--profile",
    "--compliance-report": "--report",
    "--compliance-seed": "--seed",
    "--compliance-standard": "--standard",
}

#: What the path of a document looks like, as opposed to that of a service.
_DOCUMENT = re.compile(r"(\.(json|ya?ml)|api-docs)/?$", re.IGNORECASE)


class Parser(argparse.ArgumentParser):
    """One line on standard error and exit status 4 for what cannot work."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"compliance: {message} (try: {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = _parser().parse_args(arguments)
    from compliance.catalogue import CatalogueError
    from compliance.report.files import ReportError
    from compliance.target.errors import TargetError, TargetGone

    try:
        status: int = given.command(given)
    except (TargetError, TargetGone, CatalogueError, ReportError) as complaint:
        print(f"compliance: {complaint}", file=sys.stderr)  # noqa: T201
        return USAGE
    except KeyboardInterrupt:
        print("compliance: interrupted", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except BrokenPipeError:  # somebody reads the first lines only
        sys.stderr.close()
        return 0
    except Exception as fault:  # never 1, which says that a service is not compliant
        print(f"compliance: {_told(fault)}", file=sys.stderr)  # noqa: T201
        return EXITS["inconclusive"]
    return status


def _told(fault: Exception) -> str:
    """A fault of the kit's in one line without its message, which may hold anything; where asked for, the whole of it."""
    import os
    import traceback

    from compliance.target.secrets import Secrets

    last = traceback.extract_tb(fault.__traceback__)[-1]
    begin = f"{type(fault).__name__} at {Path(last.filename).name}:{last.lineno}; this is the kit's own fault, please report it"
    if not os.environ.get(DEBUG):
        return f"{begin} ({DEBUG}=1 shows where it came from)"
    speaking = re.compile(r"^COMPLIANCE_|TOKEN|PASS|SECRET|KEY")
    known = Secrets(
        given={name: value for name, value in os.environ.items() if len(value) > 3 and speaking.search(name)}
    )
    return f"{begin}\n{known.redact(''.join(traceback.format_exception(fault)))}".rstrip()


def _parser() -> Parser:
    parser = Parser(
        prog="compliance", description="Judge a running service against the standard.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"compliance {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    check = commands.add_parser(
        "check",
        help="judge a service",
        allow_abbrev=False,
        epilog="Exit status: 0 compliant, 1 not compliant, 2 partial, 3 inconclusive, 4 usage error, 130 interrupted.",
    )
    check.add_argument(
        "url",
        nargs="?",
        metavar="URL",
        help="base URL of the running service to judge (default: the configured one)",
    )
    _take(check, *OPTIONS)
    check.add_argument(
        "--rule",
        metavar="GLOB",
        action="append",
        default=[],
        help="judge these only, e.g. PAG-003 or 'AUT-*' (the run is partial)",
    )
    check.set_defaults(command=_check)
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
        metavar="URL|FILE|MODULE:APP",
        help="a service, its document, a saved copy, or an application (default: the configured one)",
    )
    _take(inspect, "--target-source", "--target-package", "--openapi", "--target-ca", "--compliance-config")
    form = inspect.add_mutually_exclusive_group()
    form.add_argument("--toml", action="store_true", help="as configuration, to paste and correct")
    form.add_argument("--json", action="store_true", help="for machines")
    inspect.set_defaults(command=_inspect)
    rules = commands.add_parser("rules", help="list the clauses of the standard", allow_abbrev=False)
    rules.set_defaults(command=_rules)
    explain = commands.add_parser(
        "explain", help="what a clause says, why, and how it is kept", allow_abbrev=False
    )
    explain.add_argument("id", metavar="ID", help="for instance PAG-003")
    explain.set_defaults(command=_explain)
    for command in (rules, explain):
        _take(command, "--compliance-standard", "--compliance-config")
    config = commands.add_parser(
        "config", help="show each setting and where it comes from", allow_abbrev=False
    )
    form = config.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON")
    form.add_argument("--schema", action="store_true", help="the JSON Schema of the configuration")
    _take(config, *OPTIONS)
    config.set_defaults(command=_config)
    return parser


def _take(command: argparse.ArgumentParser, *names: str) -> None:
    """Let a command take these options, by their short names too."""
    for name in names:
        command.add_argument(name, *([SHORT[name]] if name in SHORT else []), **OPTIONS[name])


def _check(given: argparse.Namespace) -> int:
    from compliance.report import files
    from compliance.report.pulse import pulse
    from compliance.session import interruptible, load_standards, prepared
    from compliance.settings import Settings
    from compliance.target.errors import TargetError

    if given.url and given.target_url:
        raise TargetError("give the URL once: as an argument or as --target-url")
    given.target_url = given.url or given.target_url
    settings = Settings.configured(_configuration(given))
    settings.check()
    reports = [files.parse(spec) for spec in settings.reports]
    for spec in reports:
        files.check(spec)
    catalogue = load_standards(settings.standards, settings.folders)
    for glob in given.rule:
        if not any(_matches(rule.id, [glob]) for rule in catalogue.rules):
            raise TargetError(f"--rule={glob} names no rule; `compliance rules` lists them")
    # What an application says while it is judged here is no part of the report.
    with contextlib.redirect_stdout(sys.stderr), prepared(settings, catalogue) as runner:
        if given.rule:
            runner.select(one for one in runner.planned if _matches(one.rule.id, given.rule))
        with pulse(lambda: f"compliance: {runner.progress}", sys.stderr), interruptible(runner.reached):
            try:
                for _ in runner.results():
                    pass
            except KeyboardInterrupt:
                _tell_leftovers(runner.finish())
                return INTERRUPTED
            finally:
                runner.finish()
    if not runner.run.results:
        raise TargetError("nothing was judged")
    return EXITS[_tell(runner.run, catalogue, reports).word]


def _inspect(given: argparse.Namespace) -> int:
    from compliance.session import written
    from compliance.target.errors import TargetError

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
    return inspection.render(contract, **_terminal())


def _of_source(given: argparse.Namespace, source: Source) -> str:
    import json

    from compliance.report import layering

    if given.toml:
        return layering.toml(source)
    if given.json:
        return json.dumps(layering.data(source), indent=2) + "\n"
    return layering.render(source, **_terminal())


def _terminal() -> dict[str, Any]:
    """What the terminal can show."""
    import os
    import shutil

    from compliance.report import terminal

    return {
        "width": shutil.get_terminal_size((100, 24)).columns,
        "colour": terminal.wants_colour(sys.stdout, os.environ),
        "unicode": terminal.wants_unicode(sys.stdout),
    }


def _inspected(given: argparse.Namespace) -> Settings:
    """The settings for a target that may be a URL, the URL of a document, a file or an application."""
    from compliance.settings import Settings
    from compliance.target.errors import TargetError

    target = given.target or ""
    given.target_url = given.target_app = None
    if "://" in target:
        itself = given.openapi is None and _DOCUMENT.search(target.partition("?")[0])
        given.target_url, given.openapi = target, target if itself else given.openapi
    elif target and Path(target).is_file():
        given.openapi = target
        said = Settings.configured(_configuration(given))
        return Settings(openapi=target, overrides=said.overrides, notes=said.notes)
    elif ":" in target:
        given.target_app = target
    elif target:
        raise TargetError(f"{target} is neither a URL, nor a file here, nor an application MODULE:APP")
    settings = Settings.configured(_configuration(given))
    settings.check_form()
    return settings


def _configuration(given: argparse.Namespace) -> Configuration:
    """What holds for a command; of an option that it does not take nothing was given."""
    import os

    from compliance.configuration import configure

    def option(name: str) -> Any:
        return getattr(given, name.lstrip("-").replace("-", "_"), None)

    return configure(option, Path.cwd(), os.environ)


def _tell(run: Any, catalogue: Catalogue, reports: list[Any]) -> Verdict:
    """Print the report, write the files, return the verdict."""
    import os
    import shutil

    from compliance.report import files, terminal
    from compliance.report.document import document
    from compliance.verdict import decide

    verdict = decide(run)
    text = terminal.render(
        run,
        verdict,
        catalogue,
        colour=terminal.wants_colour(sys.stdout, os.environ),
        width=shutil.get_terminal_size().columns,
        unicode=terminal.wants_unicode(sys.stdout),
        exit_status=EXITS[verdict.word],
    )
    print(text.rstrip("\n"))  # noqa: T201
    for spec in reports:
        files.write(spec, document(run, verdict, catalogue))
    return verdict


def _tell_leftovers(run: Run) -> None:
    """What an interrupted run has to say: whether anything stayed behind, and what."""
    if run.leftovers:
        rows = "\n".join(f"  {row}" for row in run.leftovers)
        words = f"interrupted; left behind:\n{rows}"
    else:
        words = "interrupted; what the run created was deleted" if run.requests else "interrupted"
    print(f"compliance: {words}", file=sys.stderr)  # noqa: T201


def _matches(identifier: str, globs: list[str]) -> bool:
    from fnmatch import fnmatchcase

    return any(fnmatchcase(identifier, glob.upper()) for glob in globs)


def _catalogue(given: argparse.Namespace) -> Catalogue:
    from compliance.session import load_standards

    configuration = _configuration(given)
    return load_standards(configuration["standards"], configuration.folders)


def _rules(given: argparse.Namespace) -> int:
    catalogue = _catalogue(given)
    ruled = {rule.clause for rule in catalogue.rules}
    for clause in catalogue.clauses:
        print(f"{clause.id:<9} {clause.level:<7} {'ruled' if clause.id in ruled else '-':<6} {clause.title}")  # noqa: T201
    print(f"\n{len(catalogue.clauses)} clauses, {len(ruled)} of them ruled")  # noqa: T201
    return 0


def _explain(given: argparse.Namespace) -> int:
    from compliance.target.errors import TargetError

    catalogue = _catalogue(given)
    wanted = given.id.upper().partition("@")[0]
    clause = next((one for one in catalogue.clauses if one.id == wanted), None)
    if clause is None:
        raise TargetError(f"there is no clause {given.id}; `compliance rules` lists them")
    print(f"{clause.id} ({clause.level}) {clause.title}\nOrigin: {clause.origin}\n\n{clause.text}")  # noqa: T201
    if reason := catalogue.unruled.get(clause.id):
        print(f"\nNo rule examines it yet: {reason}")  # noqa: T201
    for rule in catalogue.rules:
        if rule.clause == clause.id:
            print(f"\nRule {rule.id}, examined from {rule.depth}\n\n{rule.documentation}")  # noqa: T201
    return 0


def _config(given: argparse.Namespace) -> int:
    import json

    from compliance.configuration import showing
    from compliance.configuration.keys import schema

    if given.schema:
        print(json.dumps(schema(), indent=2, ensure_ascii=False))  # noqa: T201
        return 0
    configuration = _configuration(given)
    shown = json.dumps(showing.data(configuration), indent=2, ensure_ascii=False) if given.json else None
    print(shown or showing.table(configuration))  # noqa: T201
    return 0
