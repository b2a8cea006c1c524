"""What a project declares, in whichever file it does."""

from __future__ import annotations

import pytest

from compliance.rules.project.libraries import libraries_are_declared, python_is_new_enough
from tests.source.projects import found, project, verdict

APP = {"app/__init__.py": "", "app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}


def service(folder, imports: str = "", **files: str):
    return project(folder, {**APP, "app/a.py": imports, **files})


class TestLibraries:
    @pytest.mark.parametrize(
        "files",
        [
            {"pyproject.toml": "[project]\ndependencies = ['FastAPI>=0.1', 'uvicorn[standard]~=0.2']\n"},
            {"pyproject.toml": "[project]\ndependencies = ['fastapi[standard]']\n"},
            {
                "pyproject.toml": "[project]\ndependencies = ['fastapi']\n[dependency-groups]\ndev = ['granian']\n"
            },
            {
                "pyproject.toml": "[tool.poetry.dependencies]\nfastapi = '^0.1'\n[tool.poetry.group.x.dependencies]\nhypercorn = '*'\n"
            },
            {"pyproject.toml": "[tool.poetry.dependencies]\nfastapi = {extras = ['all'], version = '1'}\n"},
            {"requirements.txt": "# ours\nfastapi==0.1  # web\n-r more.txt\ngunicorn\n"},
            {"requirements/base.txt": "fastapi\n", "requirements/prod.in": "uvicorn\n"},
            {"setup.cfg": "[options]\ninstall_requires =\n  fastapi\n  uvicorn>=1\n"},
            {
                "pyproject.toml": "[project]\ndependencies = ['fastapi']\n[tool.hatch.envs.prod]\ndependencies = ['uvicorn']\n"
            },
            {"Pipfile": "[packages]\nfastapi = '*'\nuvicorn = '*'\n"},
            {"app/requirements.txt": "fastapi\nuvicorn\n"},
        ],
    )
    def test_declared_in_any_file(self, tmp_path, files):
        assert verdict(libraries_are_declared, service(tmp_path, **files)) == "pass"

    @pytest.mark.parametrize(
        ("imports", "library"),
        [
            ("import jwt\n", "PyJWT"),
            ("from jose import jwt\n", "python_jose[cryptography]"),
            ("import bcrypt\n", "passlib[bcrypt]"),
            ("from pwdlib import PasswordHash\n", "pwdlib[argon2]"),
            ("from pydantic_settings import BaseSettings\n", "pydantic-settings"),
            ("from sqlalchemy import text\n", "sqlmodel"),
            ("from fastapi.security import OAuth2PasswordRequestForm\n", "python-multipart"),
        ],
    )
    def test_what_is_used_is_declared_or_its_equivalent(self, tmp_path, imports: str, library: str):
        bare = {"requirements.txt": "fastapi\nuvicorn\n"}

        assert verdict(libraries_are_declared, service(tmp_path / "a", imports, **bare)) == "violation"
        more = {"requirements.txt": f"fastapi\nuvicorn\n{library}==1\n"}
        assert verdict(libraries_are_declared, service(tmp_path / "b", imports, **more)) == "pass"

    def test_what_is_missing_is_named(self, tmp_path):
        files = {"requirements.txt": "uvicorn\n", "tests/test_a.py": "import pytest\nimport httpx\n"}

        violation = found(
            libraries_are_declared, service(tmp_path, "from sqlalchemy.ext.asyncio import x\n", **files)
        )

        assert violation.observed == (
            "nothing for the framework, the database, an asynchronous driver, tests, a client for the tests"
        )

    def test_nothing_is_declared(self, tmp_path):
        assert found(libraries_are_declared, service(tmp_path, **{"pyproject.toml": ""})).cause == (
            "no libraries are declared"
        )

    @pytest.mark.parametrize("name", ["setup.py", "environment.yml"])
    def test_a_declaration_that_is_not_read_is_no_missing_one(self, tmp_path, name: str):
        source = service(tmp_path, **{name: "x\n", "requirements.txt": "fastapi\n"})

        assert "may declare" in verdict(libraries_are_declared, source)

    def test_a_library_is_no_service(self, tmp_path):
        source = project(tmp_path, {"lib/__init__.py": "", "pyproject.toml": ""})

        assert "no application" in verdict(libraries_are_declared, source)


class TestPython:
    @pytest.mark.parametrize(
        "said", [">=3.11", "~=3.12", ">=3.11,<4", ">3.10", "==3.13.*", ">=3.14", ">=3.12.1", ">= 3.11"]
    )
    def test_new_enough(self, tmp_path, said: str):
        source = service(tmp_path, **{"pyproject.toml": f"[project]\nrequires-python = '{said}'\n"})

        assert verdict(python_is_new_enough, source) == "pass"

    @pytest.mark.parametrize("said", [">=3.8", "~=3.10", ">=3.9,!=3.9.1", ">=3", "==3.10.*", ">3.9"])
    def test_an_older_one_is_allowed(self, tmp_path, said: str):
        source = service(
            tmp_path, **{"pyproject.toml": f"[project]\nname = 'x'\nrequires-python = '{said}'\n"}
        )

        assert [(str(place), place.excerpt) for place in found(python_is_new_enough, source).proof] == [
            ("pyproject.toml:3", said)
        ]

    @pytest.mark.parametrize(
        ("files", "outcome"),
        [
            ({"pyproject.toml": "[tool.poetry.dependencies]\npython = '^3.11'\n"}, "pass"),
            ({"pyproject.toml": "[tool.poetry.dependencies]\npython = '^3.9'\n"}, "violation"),
            ({"pyproject.toml": "[tool.poetry.dependencies]\npython = '3.12.1'\n"}, "pass"),
            ({"setup.cfg": "[options]\npython_requires = >=3.7\n"}, "violation"),
            ({"setup.py": "setup(python_requires='>=3.11')\n"}, "pass"),
            ({"Pipfile": "[requires]\npython_version = '3.8'\n"}, "violation"),
            ({".python-version": "3.12.4\n"}, "pass"),
            ({"runtime.txt": "python-3.9.1\n"}, "violation"),
            ({"Dockerfile": "FROM python:3.12-slim AS build\n"}, "pass"),
            ({"Dockerfile": "FROM --platform=linux/amd64 docker.io/library/python:3.8\n"}, "violation"),
        ],
    )
    def test_other_files_say_it_too(self, tmp_path, files, outcome: str):
        assert verdict(python_is_new_enough, service(tmp_path, **files)) == outcome

    @pytest.mark.parametrize(
        "text", ["", "[project]\nrequires-python = '*'\n", "[project]\nrequires-python = '<4'\n"]
    )
    def test_where_nothing_says_it_nobody_knows(self, tmp_path, text: str):
        assert "nothing says" in verdict(python_is_new_enough, service(tmp_path, **{"pyproject.toml": text}))

    def test_the_nearest_folder_speaks_for_the_service(self, tmp_path):
        files = {f"backend/{path}": text for path, text in APP.items()}
        source = project(
            tmp_path,
            {
                **files,
                "backend/pyproject.toml": "[project]\nrequires-python = '>=3.12'\n",
                "pyproject.toml": "[project]\nrequires-python = '>=3.8'\n",
            },
        )

        assert verdict(python_is_new_enough, source) == "pass"
