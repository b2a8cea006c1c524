"""Which package of a project is the service, and under which names its files are imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.source import Source, SourceError
from tests.source.projects import project

MAIN = "from fastapi import FastAPI\napp = FastAPI()\n"


def names(source: Source) -> set[str]:
    return {module.name for module in source.modules}


def test_the_package_with_the_application(tmp_path: Path) -> None:
    source = project(
        tmp_path, {"shop/__init__.py": "", "shop/main.py": MAIN, "tools/__init__.py": "", "tools/dump.py": ""}
    )

    assert source.package == "shop"
    assert names(source) == {"shop", "shop.main"}


def test_below_a_folder_that_is_no_package(tmp_path: Path) -> None:
    source = project(tmp_path, {"src/shop/__init__.py": "", "src/shop/main.py": MAIN})

    assert (source.package, names(source)) == ("shop", {"shop", "shop.main"})


def test_a_namespace_package_without_init_files(tmp_path: Path) -> None:
    source = project(
        tmp_path,
        {
            "backend/app/main.py": "from app.api.things import router\n" + MAIN,
            "backend/app/api/things.py": "from fastapi import APIRouter\nrouter = APIRouter()\n",
        },
    )

    assert (source.package, names(source)) == ("app", {"app.main", "app.api.things"})


def test_modules_side_by_side(tmp_path: Path) -> None:
    source = project(tmp_path, {"main.py": "import crud\n" + MAIN, "crud.py": "x = 1\n"})

    assert (source.package, names(source)) == ("", {"main", "crud"})
    assert source.label == tmp_path.name


def test_packages_that_the_service_imports_belong_to_it(tmp_path: Path) -> None:
    source = project(
        tmp_path,
        {
            "api/__init__.py": "",
            "api/main.py": "from domain import things\n" + MAIN,
            "domain/__init__.py": "",
            "domain/things.py": "import storage.tables\n",
            "storage/__init__.py": "",
            "storage/tables.py": "",
            "reporting/__init__.py": "",
            "reporting/monthly.py": "from domain import things\n",
        },
    )

    assert source.package == "api"
    assert names(source) == {"api", "api.main", "domain", "domain.things", "storage", "storage.tables"}


def test_more_than_one_service(tmp_path: Path) -> None:
    files = {"one/__init__.py": "", "one/main.py": MAIN, "two/__init__.py": "", "two/main.py": MAIN}

    with pytest.raises(
        SourceError, match=r"more than one package .*: one, two: say which with --target-package"
    ):
        project(tmp_path, files)
    assert names(project(tmp_path, files, "two")) == {"two", "two.main"}


def test_a_package_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no package shop; there is app|holds no Python"):
        project(tmp_path, {"app/__init__.py": "", "app/main.py": MAIN}, "shop")


def test_nothing_but_tests_and_migrations(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no Python of a service"):
        project(tmp_path, {"tests/test_a.py": MAIN, "alembic/env.py": "", "README.md": ""})


def test_tests_migrations_and_scripts_are_no_part_of_it(tmp_path: Path) -> None:
    source = project(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/main.py": MAIN,
            "app/tests/test_main.py": "",
            "app/alembic/env.py": "",
            "app/scripts/seed.py": "",
            "app/conftest.py": "",
        },
    )

    assert names(source) == {"app", "app.main"}


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    source = project(
        tmp_path, {"app/__init__.py": "", "app/main.py": MAIN, "app/broken.py": "def broken(:\n"}
    )

    assert list(source.unread) == ["app/broken.py"]
    assert names(source) == {"app", "app.main"}
