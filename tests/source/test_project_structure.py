"""How a project is laid out, whatever its folders are called."""

from __future__ import annotations

import pytest

from compliance.rules.project.structure import parts_have_modules_of_their_own, tables_have_migrations
from tests.source.projects import places, project, verdict

MAIN = "from fastapi import FastAPI\napp = FastAPI()\n"
ROUTES = (
    "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/a')\nasync def a() -> int: return 1\n"
)
TABLE = (
    "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\nclass Base(DeclarativeBase): ...\n"
    "class A(Base):\n    __tablename__ = 'a'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
)
SETTINGS = "from pydantic_settings import BaseSettings\nclass S(BaseSettings): ...\n"
SCHEMA = "from pydantic import BaseModel\nclass In(BaseModel): ...\n"


class TestParts:
    @pytest.mark.parametrize(
        "files",
        [
            pytest.param(
                {"app/__init__.py": "", "app/main.py": MAIN, "app/api.py": ROUTES, "app/models.py": TABLE},
                id="modules",
            ),
            pytest.param(
                {
                    "src/shop/__init__.py": "",
                    "src/shop/main.py": MAIN,
                    "src/shop/a/router.py": ROUTES + SCHEMA,
                    "src/shop/a/orm.py": TABLE,
                },
                id="a package by domain, below src",
            ),
            pytest.param(
                {"app/__init__.py": "", "app/main.py": MAIN + "\n@app.get('/')\ndef root(): ...\n"},
                id="small",
            ),
            pytest.param(
                {"app/__init__.py": "", "app/a/__init__.py": MAIN, "app/b.py": SETTINGS},
                id="application in a package's own module",
            ),
            pytest.param(
                {"app/main.py": "from .b import S\n" + MAIN, "app/b.py": SETTINGS}, id="no __init__.py"
            ),
        ],
    )
    def test_parts_apart(self, tmp_path, files):
        assert verdict(parts_have_modules_of_their_own, project(tmp_path, files)) == "pass"

    @pytest.mark.parametrize(
        ("files", "expected"),
        [
            pytest.param(
                {"app/__init__.py": "", "app/main.py": MAIN, "app/a.py": ROUTES + TABLE},
                ["app/a.py:7"],
                id="table",
            ),
            pytest.param(
                {"app/__init__.py": "", "app/main.py": MAIN, "app/a.py": ROUTES + SETTINGS},
                ["app/a.py:6"],
                id="settings",
            ),
            pytest.param({"main.py": MAIN}, ["main.py:2"], id="no package"),
        ],
    )
    def test_parts_together(self, tmp_path, files, expected):
        assert places(parts_have_modules_of_their_own, project(tmp_path, files)) == expected

    def test_an_application_beside_its_package(self, tmp_path):
        files = {
            "main.py": "from fastapi import FastAPI\nfrom shop.api import router\napp = FastAPI()\n",
            "export.py": "",
            "shop/__init__.py": "",
            "shop/api.py": ROUTES,
        }

        assert places(parts_have_modules_of_their_own, project(tmp_path / "a", files)) == []
        files["shop.py"] = files.pop("shop/api.py")
        files["main.py"] = files["main.py"].replace("shop.api", "shop")
        del files["shop/__init__.py"]
        assert places(parts_have_modules_of_their_own, project(tmp_path / "b", files)) == ["main.py:3"]

    def test_a_library_makes_no_application(self, tmp_path):
        source = project(tmp_path, {"lib/__init__.py": "", "lib/a.py": ROUTES})

        assert "no module makes an application" in verdict(parts_have_modules_of_their_own, source)


class TestMigrations:
    @pytest.mark.parametrize(
        "files",
        [
            {"alembic.ini": "[alembic]\n"},
            {"app/db/migrations/versions/1.py": "revision = '1'\n"},
            {"src/app/database/revisions/tenant/versions/1.py": ""},
            {"pyproject.toml": "[tool.alembic]\nscript_location = 'x'\n"},
            {"pyproject.toml": "[tool.aerich]\nlocation = 'x'\n"},
            {"db/migrate/1.sql": "CREATE TABLE a ();"},
            {"atlas.hcl": ""},
        ],
    )
    def test_migrations_of_any_tool(self, tmp_path, files):
        source = project(
            tmp_path, {"pyproject.toml": "", "app/main.py": MAIN, "app/models.py": TABLE, **files}
        )

        assert verdict(tables_have_migrations, source) == "pass"

    def test_tables_without_migrations(self, tmp_path):
        source = project(tmp_path, {"pyproject.toml": "", "app/main.py": MAIN, "app/models.py": TABLE})

        assert places(tables_have_migrations, source) == ["app/models.py:3"]

    def test_a_folder_that_is_no_project_proves_nothing(self, tmp_path):
        source = project(tmp_path, {"app/main.py": MAIN, "app/models.py": TABLE})

        assert "may lie above" in verdict(tables_have_migrations, source)

    @pytest.mark.parametrize(
        "text", ["x = 1\n", "import asyncpg\n", "from beanie import Document\nclass A(Document): ...\n"]
    )
    def test_what_has_no_schema(self, tmp_path, text):
        source = project(tmp_path, {"pyproject.toml": "", "app/main.py": MAIN, "app/models.py": text})

        assert verdict(tables_have_migrations, source) in (
            "there is no table",
            "what it stores has no schema",
        )
