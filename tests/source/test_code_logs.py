"""Logs: that there are some, how they are written, and what is printed instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.rules.code.logs import errors_are_logged, logs_are_structured, nothing_is_printed
from tests.source.projects import places, project, verdict

MAIN = "from app import jobs\nfrom fastapi import FastAPI\napp = FastAPI()\n"
LOGGER = "import logging\nlogger = logging.getLogger(__name__)\n"


def source(folder: Path, text: str, file: str = "app/jobs.py"):
    return project(folder, {"app/__init__.py": "", "app/main.py": MAIN, file: text})


@pytest.mark.parametrize(
    "text",
    [
        LOGGER + "logger.error('failed')",
        LOGGER + "def f() -> None:\n    logger.exception('failed')",
        "class A:\n    def f(self) -> None:\n        self._log.warning('failed')",
        "import structlog\nasync def f() -> None:\n    await structlog.get_logger().aerror('failed')",
        "from loguru import logger\nlogger.opt(exception=True).critical('failed')",
        "import sentry_sdk\nsentry_sdk.capture_exception()",
        "import sentry_sdk\nsentry_sdk.init(dsn='https://key@sentry.example/1')",
        "import logging\nlogging.log(logging.ERROR, 'failed')",
    ],
)
def test_a_service_that_logs_errors_passes(tmp_path: Path, text: str):
    assert verdict(errors_are_logged, source(tmp_path, text)) == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "",
        LOGGER,
        LOGGER + "logger.info('started')",
        "def f(app: object) -> None:\n    app.exception_handler(KeyError)",
        "class A:\n    def f(self) -> None:\n        self.parser.error('no')",
        "from app.main import configure_logging_of_errors\nconfigure_logging_of_errors()",
    ],
)
def test_a_service_that_never_logs_an_error_is_found(tmp_path: Path, text: str):
    assert verdict(errors_are_logged, source(tmp_path, text)) == "violation"


def test_a_library_may_leave_logs_to_its_service(tmp_path: Path):
    files = {"app/__init__.py": "", "app/things.py": "x = 1"}
    assert "no module makes an application" in verdict(errors_are_logged, project(tmp_path, files))


@pytest.mark.parametrize(
    "call",
    [
        "logger.error(f'order {x} failed')",
        "logger.error('order {} failed'.format(x))",
        "logger.error('order %s failed' % x)",
        "logger.error('order ' + x)",
    ],
)
def test_a_formatted_text_is_found(tmp_path: Path, call: str):
    assert len(places(logs_are_structured, source(tmp_path, f"{LOGGER}x = '1'\n{call}"))) == 1


@pytest.mark.parametrize(
    "call",
    [
        "logger.error('order %s failed', x)",
        "logger.error('order_failed', order_id=x)",
        "logger.error('order failed', extra={'order_id': x})",
        "str(f'order {x} failed')",
    ],
)
def test_an_event_with_values_passes(tmp_path: Path, call: str):
    assert places(logs_are_structured, source(tmp_path, f"{LOGGER}x = '1'\n{call}")) == []


@pytest.mark.parametrize("file", ["app/jobs.py", "app/services/thing.py"])
def test_printing_is_found(tmp_path: Path, file: str):
    text = "def f() -> None:\n    print('started')"
    assert places(nothing_is_printed, source(tmp_path, text, file)) == [f"{file}:2"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("app/jobs.py", "import typer\nprint('done')"),
        ("app/jobs.py", "import argparse\nprint('done')"),
        ("app/cli.py", "print('done')"),
        ("app/__main__.py", "print('done')"),
        ("app/commands/seed.py", "print('done')"),
        ("app/jobs.py", "if __name__ == '__main__':\n    print('done')"),
        ("app/jobs.py", "from rich.pretty import pprint\npprint('done')"),
    ],
)
def test_a_command_may_print(tmp_path: Path, file: str, text: str):
    assert places(nothing_is_printed, source(tmp_path, text, file)) == []


@pytest.mark.parametrize("user", ["app/cli.py", "app/services/thing.py"])
def test_what_only_commands_import_may_print(tmp_path: Path, user: str):
    files = {
        "app/__init__.py": "",
        "app/main.py": MAIN,
        "app/seed.py": "def seed() -> None:\n    print('done')",
        user: "def run() -> None:\n    from .seed import seed\n    seed()"
        if user == "app/cli.py"
        else "from app.seed import seed",
    }
    found = places(nothing_is_printed, project(tmp_path, files))
    assert found == ([] if user == "app/cli.py" else ["app/seed.py:2"])


@pytest.mark.parametrize(
    "text",
    [
        "def main() -> None:\n    print('done')\n\nif __name__ == '__main__':\n    main()",
        "def ask() -> None:\n    print('next')\n\nwhile True:\n    ask()",
        "def show() -> None:\n    print('a')\n\nprint('b')",
    ],
)
def test_a_script_that_nobody_imports_may_print(tmp_path: Path, text: str):
    assert places(nothing_is_printed, source(tmp_path, text, "app/tools/check.py")) == []


def test_what_the_service_imports_is_no_script(tmp_path: Path):
    text = "def main() -> None:\n    print('done')\n\nif __name__ == '__main__':\n    main()"

    assert len(places(nothing_is_printed, source(tmp_path, text))) == 1


@pytest.mark.parametrize(
    "head",
    [
        "from loguru import logger",
        "from app.logs import logger",
        "from app.logs import log as logger",
        "from app import logs\nlogger = logs.logger",
    ],
)
def test_a_logger_that_is_imported_is_one(tmp_path: Path, head: str):
    files = {
        "app/__init__.py": "",
        "app/main.py": MAIN,
        "app/logs.py": "import logging\nfrom loguru import logger\nlog = logging.getLogger('app')\n",
        "app/jobs.py": f"{head}\ndef f(x: int) -> None:\n    logger.info(f'done {{x}}')\n    logger.info('done {{}}', x)\n",
    }

    assert places(logs_are_structured, project(tmp_path, files)) == [
        "app/jobs.py:" + str(head.count("\n") + 3)
    ]
