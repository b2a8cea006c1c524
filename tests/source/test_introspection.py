"""What FastAPI itself tells of an application, and what happens where it cannot be asked."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from compliance.catalogue import load
from compliance.settings import Settings
from compliance.source import Source, introspecting
from compliance.source.introspecting import application
from tests.source.projects import project, verdict

MAIN = """\
print("what an application prints is no answer")
from typing import Annotated, Any
from fastapi import APIRouter, Depends, FastAPI, Query
from pydantic import BaseModel
class Out(BaseModel):
    id: int
class P(BaseModel):
    page: int = 1
    per_page: int = 10
def bounded(cls):
    def params(page: int = 1, per_page: Annotated[int, Query(ge=1, le=50)] = 10) -> Any: ...
    return params
def limit_of(most):
    return Query(10, ge=1, le=most)
router = APIRouter(prefix="/things")
@router.get("")
async def things(limit: int = limit_of(1000)) -> list[Out]: ...
@router.get("/more")
async def more(params=Depends(bounded(P))) -> list[Out]: ...
@router.post("")
async def make(data: Out) -> Out: ...
inner = FastAPI()
@inner.get("/all")
async def everything() -> list[Out]: ...
app = FastAPI()
app.include_router(router, prefix="/api")
app.mount("/inner", inner)
"""


MAKER = """\
from fastapi import FastAPI
def create():
    return FastAPI()
"""


def service(
    folder: Path, main: str = MAIN, python: str = sys.executable, app: str = "app.main:app"
) -> Source:
    return replace(
        project(folder, {"app/__init__.py": "", "app/main.py": main}), python=python, application=app
    )


def test_paths_are_whole_through_includes_and_mounts(tmp_path: Path):
    source = service(tmp_path)

    assert source.app, source.app_reason
    assert {one.path for one in source.operations} == {"/api/things", "/api/things/more", "/inner/all"}
    assert {one.label for one in source.operations} == {one.label for one in source.written_operations}


def test_a_bound_that_the_text_does_not_tell_is_known(tmp_path: Path):
    rule = load().rule("PAG-003@source")
    source = service(tmp_path)
    text = replace(source, python="", application="")

    assert [verdict(rule, source, one) for one in rule.subjects(source)] == ["violation", "pass"]
    assert next(one.maximum for one in source.operations[0].parameters) == 1000
    assert next(one.maximum for one in text.operations[0].parameters) is None


def test_without_leave_nothing_is_imported(tmp_path: Path):
    source = service(tmp_path, "raise SystemExit(0)", python="", app="")

    assert source.app is None
    assert "nobody named" in source.app_reason


@pytest.mark.parametrize(
    ("main", "reason"),
    [
        ("raise RuntimeError('no settings')", "RuntimeError: no settings"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import os; os._exit(3)", "ended without an answer"),
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "the network is off"),
        ("import socket; socket.socket().connect(('127.0.0.1', 9))", "the network is off"),
        ("import no_such_package_of_anybody", "ModuleNotFoundError"),
    ],
)
def test_an_application_that_cannot_be_imported_is_told_and_judged_by_its_text(
    tmp_path: Path, main: str, reason: str
):
    source = service(tmp_path, main)

    assert source.app is None
    assert reason in source.app_reason
    assert source.operations == source.written_operations


def test_an_interpreter_that_is_none_is_told(tmp_path: Path):
    assert "does not run" in service(tmp_path, python=str(tmp_path / "python")).app_reason


def test_an_application_that_never_ends_its_import_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(introspecting, "PATIENCE", 1.0)

    assert "within 1 seconds" in service(tmp_path, "import time; time.sleep(60)").app_reason


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"app/main.py": "from fastapi import FastAPI\napplication = FastAPI()"}, "app.main:application"),
        (
            {
                "app/web.py": "from fastapi import FastAPI\ndef create() -> FastAPI:\n    a = FastAPI()\n    return a"
            },
            "app.web:create",
        ),
        (
            {
                "app/main.py": "from app.web import create\napi = create()",
                "app/web.py": MAKER,
            },
            "app.main:api",
        ),
        (
            {
                "app/a.py": "from fastapi import FastAPI\nx = FastAPI()",
                "app/b.py": "from fastapi import FastAPI\nx = FastAPI()",
            },
            "",
        ),
        ({"app/main.py": "import typer\napp = typer.Typer()"}, ""),
    ],
)
def test_the_application_is_found_where_it_is_evident(tmp_path: Path, files: dict[str, str], expected: str):
    assert application(project(tmp_path, {"app/__init__.py": "", **files}).index) == expected


def test_the_modules_of_a_source_folder_are_found(tmp_path: Path):
    source = project(tmp_path, {"src/shop/__init__.py": "", "src/shop/main.py": MAIN})
    asked = replace(source, python=sys.executable, application="shop.main:app")

    assert asked.app, asked.app_reason
    assert len(asked.app.operations) == 4


def test_the_interpreter_is_a_name_or_a_path_from_where_the_file_lies(tmp_path: Path):
    (tmp_path / "compliance.toml").write_text(
        '[source]\nfolder = "."\npython = "venv/bin/python"\napp = "a.b:c"\n'
    )
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / ".git").mkdir()

    def settings(**options: str) -> Settings:
        return Settings.of(lambda name: options.get(name.removeprefix("--target-")), below, {})

    assert settings().source_app == "a.b:c"
    assert (below / settings().python).resolve() == (tmp_path / "venv/bin/python").resolve()
    assert settings(python="python3.12").python == "python3.12"
