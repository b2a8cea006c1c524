"""`compliance report`: what an earlier run found, in another form."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compliance.report.files import Spec
    from compliance.report.view import Report


def add(commands: Any) -> None:
    report = commands.add_parser(
        "report",
        help="render the result of an earlier run",
        description="Render a result document that --report=json:PATH wrote. Nothing is judged or asked again.",
        allow_abbrev=False,
    )
    report.add_argument("result", nargs="?", metavar="RESULT", help="the result document")
    report.add_argument(
        "--to",
        metavar="KIND[:PATH]",
        action="append",
        help="the form, and the file to write; without a file it is printed; may be repeated",
    )
    report.add_argument(
        "--openapi",
        metavar="FILE",
        help="the OpenAPI document in the repository: findings point at its lines",
    )
    report.add_argument("--schema", action="store_true", help="print the JSON Schema of result documents")
    report.set_defaults(command=_report)


def _report(given: argparse.Namespace) -> int:
    from compliance.report import files
    from compliance.report.saved import read

    if given.schema:
        return _schema()
    if not given.result or not given.to:
        raise files.ReportError(
            f"say what to render and how: RESULT --to KIND, one of {', '.join(files.KINDS)}"
        )
    specs = [_spec(text, Path(given.result)) for text in given.to]
    files.ready(specs)
    report = read(Path(given.result))
    if given.openapi:
        report = _placed(report, Path(given.openapi))
    for spec in specs:
        files.write(spec, report)
    return 0


def _schema() -> int:
    import json

    from compliance.report.document import schema

    print(json.dumps(schema(), indent=2))  # noqa: T201
    return 0


def _spec(text: str, result: Path) -> Spec:
    """KIND is printed, KIND:PATH is written, unless the path is the result's own."""
    from compliance.report import files

    spec = files.parse(text if ":" in text else f"{text}:{files.PRINTED}")
    if spec.path.exists() and result.exists() and spec.path.samefile(result):
        raise files.ReportError(f"{spec} would replace the result that it is made of: name another file")
    return spec


def _placed(report: Report, file: Path) -> Report:
    """The same report, its subjects placed in that document."""
    from compliance.report import placing
    from compliance.report.files import ReportError

    if not file.is_file():
        raise ReportError(f"--openapi={file}: there is no such file")
    root = placing.repository(Path.cwd())
    places = placing.places((one.subject for one in report.results), root, openapi=file)
    if not places:
        raise ReportError(f"--openapi={file} is not in the repository {root}")
    return report.placed(places)
