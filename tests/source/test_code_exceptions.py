"""Exceptions that are swallowed, translated, raised and handled."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from compliance.rules.code.exceptions import inner_layers_raise_own_exceptions, raised_exceptions_have_a_class
from compliance.rules.code.swallowing import broad_handlers_log, translated_errors_are_kept
from tests.source.projects import places, project, verdict

MAIN = "from app import jobs\nfrom fastapi import FastAPI\napp = FastAPI()\n"
HEAD = """
import contextlib, logging, traceback, warnings
import sentry_sdk, typer
from app.reporting import report, Mixin
from app.errors import OwnError
logger = logging.getLogger(__name__)
"""
REPORTING = """
    import structlog
    log = structlog.get_logger()

    def report(error: Exception) -> None:
        tell(error)

    def tell(error: Exception) -> None:
        log.error("failed", error=error)

    class Mixin:
        def fail(self, error: Exception) -> None:
            self.logger.exception("failed")
"""


def judged(rule, folder: Path, text: str) -> list[str]:
    files = {
        "app/__init__.py": "",
        "app/main.py": MAIN,
        "app/reporting.py": REPORTING,
        "app/errors.py": "class OwnError(Exception): ...",
        "app/jobs.py": HEAD + textwrap.dedent(text),
    }
    return places(rule, project(folder, files))


def handling(*lines: str, kind: str = "except Exception as error") -> str:
    """A function that catches everything and does that."""
    body = "".join(f"\n        {line}" for line in lines)
    return f"def run() -> None:\n    try:\n        work()\n    {kind}:{body}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(handling("pass"), id="nothing"),
        pytest.param(handling("return None", kind="except"), id="bare"),
        pytest.param(handling("return None", kind="except BaseException"), id="base"),
        pytest.param(handling("return None", kind="except (ValueError, Exception)"), id="among others"),
        pytest.param(handling("return str(error)"), id="told to the caller alone"),
        pytest.param(handling("print(error)"), id="printed"),
        pytest.param(handling("known = str(error)", "tidy(known)"), id="kept and not logged"),
        pytest.param(handling("login(error)"), id="a word that only begins so"),
        pytest.param(handling("def later() -> None:", "    logger.error('no')"), id="logged by nobody"),
        pytest.param("try:\n    import fast\nexcept Exception:\n    fast = None\n", id="in the module"),
        pytest.param(
            "def run() -> None:\n    with contextlib.suppress(Exception):\n        work()\n", id="suppress"
        ),
    ],
)
def test_what_swallows_everything_is_found(tmp_path: Path, text: str):
    assert len(judged(broad_handlers_log, tmp_path, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(handling("logger.exception('failed')"), id="logged"),
        pytest.param(handling("if error.args:", "    logger.debug('failed')"), id="logged within"),
        pytest.param(handling("logging.warning('failed')"), id="by the library"),
        pytest.param(handling("sentry_sdk.capture_exception(error)"), id="by a service"),
        pytest.param(handling("traceback.print_exc()"), id="printed with its traceback"),
        pytest.param(handling("typer.echo(error)"), id="told to who runs the command"),
        pytest.param(handling("report(error)"), id="by a function of its own"),
        pytest.param(handling("self.future.set_exception(error)"), id="handed on"),
        pytest.param(handling("raise"), id="raised again"),
        pytest.param(handling("raise OwnError from error"), id="translated"),
        pytest.param(handling("pass", kind="except ValueError"), id="one kind"),
        pytest.param(
            handling("failed = error") + "    logger.error('failed', failed)\n", id="logged after it"
        ),
        pytest.param(
            "def run() -> None:\n    with contextlib.suppress(KeyError):\n        work()\n", id="suppress"
        ),
        pytest.param(
            "class Job(Mixin):\n    def run(self) -> None:\n        try: ...\n        except Exception as error:\n"
            "            self.fail(error)\n",
            id="by a method of its own",
        ),
    ],
)
def test_what_logs_or_hands_on_passes(tmp_path: Path, text: str):
    assert judged(broad_handlers_log, tmp_path, text) == []


@pytest.mark.parametrize(
    "lines",
    [
        ("raise OwnError('failed') from None",),
        ("raise OwnError('failed')",),
        ("raise OwnError",),
        ("detail = 'failed'", "raise OwnError(detail)"),
    ],
)
def test_a_translation_that_loses_the_cause_is_found(tmp_path: Path, lines: tuple[str, ...]):
    assert len(judged(translated_errors_are_kept, tmp_path, handling(*lines))) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ("raise",),
        ("raise OwnError('failed') from error",),
        ("raise OwnError(str(error)) from None",),
        ("detail = f'failed: {error}'", "raise OwnError(detail)"),
        ("logger.exception('failed')", "raise OwnError('failed') from None"),
        ("raise error",),
    ],
)
def test_a_translation_that_keeps_the_cause_passes(tmp_path: Path, lines: tuple[str, ...]):
    assert judged(translated_errors_are_kept, tmp_path, handling(*lines)) == []


def test_a_bare_exception_is_found(tmp_path: Path):
    text = "def run() -> None:\n    raise Exception('no redis')\n"
    assert len(judged(raised_exceptions_have_a_class, tmp_path, text)) == 1


@pytest.mark.parametrize("raised", ["ValueError('no')", "OwnError('no')", "RuntimeError"])
def test_an_exception_that_says_something_passes(tmp_path: Path, raised: str):
    assert judged(raised_exceptions_have_a_class, tmp_path, f"def run() -> None:\n    raise {raised}\n") == []


LAYERED = {
    "app/__init__.py": "",
    "app/main.py": MAIN,
    "app/api/__init__.py": "",
    "app/api/things.py": "from fastapi import APIRouter, HTTPException\nrouter = APIRouter()\n"
    "@router.get('')\nasync def find() -> str:\n    raise HTTPException(404)\n",
    "app/errors.py": "from fastapi import HTTPException\nclass NotFound(HTTPException):\n"
    "    def __init__(self) -> None:\n        super().__init__(404)\n",
    "app/repositories/things.py": "class ThingRepository: ...",
}


@pytest.mark.parametrize(
    "text",
    [
        "from fastapi import HTTPException\ndef find() -> None:\n    raise HTTPException(404)",
        "from fastapi import HTTPException\ndef find() -> None:\n    raise HTTPException",
        "import fastapi\ndef find() -> None:\n    raise fastapi.HTTPException(404)",
        "from starlette.exceptions import HTTPException as Http\ndef find() -> None:\n    raise Http(404)",
        "from fastapi import HTTPException\ngone = HTTPException(404)\ndef find() -> None:\n    raise gone",
    ],
)
@pytest.mark.parametrize(
    "file", ["app/services/thing.py", "app/things/service.py", "app/repositories/thing.py"]
)
def test_an_http_exception_of_an_inner_layer_is_found(tmp_path: Path, text: str, file: str):
    found = places(inner_layers_raise_own_exceptions, project(tmp_path, {**LAYERED, file: text}))
    assert [place.partition(":")[0] for place in found] == [file]


@pytest.mark.parametrize(
    "text",
    [
        "from app.errors import NotFound\ndef find() -> None:\n    raise NotFound",
        "class NotFound(Exception): ...\ndef find() -> None:\n    raise NotFound('it')",
        "def find(error: Exception) -> None:\n    raise error",
        "from urllib.error import HTTPError\ndef find() -> None:\n    raise HTTPError('', 404, '', None, None)",
    ],
)
def test_exceptions_of_its_own_pass(tmp_path: Path, text: str):
    source = project(tmp_path, {**LAYERED, "app/services/thing.py": text})
    assert verdict(inner_layers_raise_own_exceptions, source) == "pass"


def test_without_inner_layers_there_is_nothing_to_judge(tmp_path: Path):
    files = {name: text for name, text in LAYERED.items() if "repositories" not in name}
    assert verdict(inner_layers_raise_own_exceptions, project(tmp_path, files)) == (
        "no module is a service or a repository"
    )


def test_without_layers_it_stays_open(tmp_path: Path):
    files = {"app/main.py": MAIN, **{f"app/{name}.py": "x = 1" for name in "abcdef"}}
    assert "have a layer" in verdict(inner_layers_raise_own_exceptions, project(tmp_path, files))
