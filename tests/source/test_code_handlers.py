"""Handlers of exceptions that the application has registered."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.rules.code.handlers import errors_have_handlers
from tests.source.projects import found, project, verdict

HEAD = """
from fastapi import FastAPI, status
from fastapi.exceptions import RequestValidationError
from starlette.middleware.base import BaseHTTPMiddleware
app = FastAPI()
def handle(request: object, error: Exception) -> None: ...
"""
BOTH = "app.add_exception_handler(RequestValidationError, handle)\napp.add_exception_handler(Exception, handle)\n"
REQUEST = "app.add_exception_handler(RequestValidationError, handle)\n"
DATABASE = "from sqlalchemy.exc import IntegrityError\n"


TORTOISE = "from tortoise.contrib.fastapi import register_tortoise\n"


def source(folder: Path, text: str):
    return project(folder, {"app/__init__.py": "", "app/main.py": HEAD + text})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BOTH, id="calls"),
        pytest.param(
            "@app.exception_handler(RequestValidationError)\ndef a() -> None: ...\n"
            "@app.exception_handler(Exception)\ndef b() -> None: ...",
            id="decorators",
        ),
        pytest.param(
            "other = FastAPI(exception_handlers={RequestValidationError: handle, 500: handle})", id="option"
        ),
        pytest.param(
            "HANDLERS = {RequestValidationError: handle, Exception: handle}\nother = FastAPI(exception_handlers=HANDLERS)",
            id="table",
        ),
        pytest.param(
            "def make() -> FastAPI:\n    made = FastAPI()\n    install(made)\n    return made\n"
            "def install(made: FastAPI) -> None:\n    made.add_exception_handler(Exception, handle)\n"
            "    made.add_exception_handler(RequestValidationError, handle)\n",
            id="factory",
        ),
        pytest.param("app.exception_handler(Exception)(handle)\n" + REQUEST, id="decorator called"),
        pytest.param(
            "app.add_exception_handler(status.HTTP_500_INTERNAL_SERVER_ERROR, handle)\n" + REQUEST,
            id="status",
        ),
        pytest.param(
            REQUEST
            + "class Around(BaseHTTPMiddleware):\n    async def dispatch(self, r: int, call_next: int) -> int:\n"
            "        try:\n            return await call_next(r)\n        except Exception:\n            return 500",
            id="middleware",
        ),
        pytest.param(
            REQUEST + "@app.middleware('http')\nasync def around(r: int, call_next: int) -> int:\n"
            "    try:\n        return await call_next(r)\n    except Exception:\n        return 500",
            id="middleware of a function",
        ),
        pytest.param(BOTH + DATABASE + "app.add_exception_handler(IntegrityError, handle)", id="database"),
        pytest.param(
            BOTH + DATABASE + "def save() -> None:\n    try: ...\n    except IntegrityError as error:\n"
            "        raise KeyError from error",
            id="translated",
        ),
        pytest.param(
            BOTH
            + "from sqlalchemy.exc import SQLAlchemyError\napp.add_exception_handler(SQLAlchemyError, handle)",
            id="all of the database",
        ),
        pytest.param(
            BOTH + TORTOISE + "register_tortoise(app, db_url='x', add_exception_handlers=True)",
            id="a word to Tortoise",
        ),
    ],
)
def test_handlers_are_known(tmp_path: Path, text: str):
    assert verdict(errors_have_handlers, source(tmp_path, text)) == "pass"


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("", "no handler for RequestValidationError, Exception"),
        (REQUEST, "no handler for Exception"),
        ("app.add_exception_handler(Exception, handle)", "no handler for RequestValidationError"),
        (
            BOTH + TORTOISE + "register_tortoise(app, add_exception_handlers=False)",
            "no handler for errors of the database",
        ),
        (BOTH + "import sqlalchemy", "no handler for errors of the database"),
        (
            REQUEST
            + "class Around(BaseHTTPMiddleware):\n    async def dispatch(self, r: int, call_next: int) -> int:\n"
            "        try:\n            return await call_next(r)\n        except Exception:\n            count()\n            raise",
            "no handler for Exception",
        ),
    ],
)
def test_a_missing_handler_is_found(tmp_path: Path, text: str, lacking: str):
    assert found(errors_have_handlers, source(tmp_path, text)).cause == lacking


def test_handlers_of_a_loop_leave_it_open(tmp_path: Path):
    text = "from somewhere import TABLE\nfor kind in TABLE:\n    app.add_exception_handler(kind, handle)"
    assert "which is not known from the text" in verdict(errors_have_handlers, source(tmp_path, text))


def test_without_an_application_there_is_nothing_to_judge(tmp_path: Path):
    files = {"app/__init__.py": "", "app/main.py": "x = 1"}
    assert "no module makes an application" in verdict(errors_have_handlers, project(tmp_path, files))
