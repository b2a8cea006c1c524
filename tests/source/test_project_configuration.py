"""Where the configuration comes from, and what lies beside it."""

from __future__ import annotations

import pytest

from compliance.rules.project.configuration import (
    code_holds_no_address,
    configuration_is_read_from_the_environment,
    environment_is_read_in_one_place,
)
from compliance.rules.project.configuration_files import variables_have_a_template
from tests.source.projects import places, project, verdict

MAIN = "from fastapi import FastAPI\napp = FastAPI()\n"
ENGINE = "from sqlalchemy.ext.asyncio import create_async_engine\nengine = create_async_engine('sqlite+aiosqlite://')\n"


def code(folder, text, **others):
    return project(folder, {"app/__init__.py": "", "app/main.py": MAIN, "app/db.py": text, **others})


class TestRead:
    def test_a_service_that_reads_nothing_and_has_something_to_configure(self, tmp_path):
        assert places(configuration_is_read_from_the_environment, code(tmp_path, ENGINE)) == ["app/db.py:2"]

    @pytest.mark.parametrize(
        "text",
        [
            "from pydantic_settings import BaseSettings\nclass S(BaseSettings): ...\n",
            "from pydantic import BaseSettings\nclass S(BaseSettings): ...\n",
            "import os\nURL = os.environ['URL']\n",
            "from os import environ\nURL = environ.get('URL')\n",
            "from os import getenv as read\nURL = read('URL')\n",
            "from starlette.config import Config\nconfig = Config('.env')\n",
            "from decouple import config\nURL = config('URL')\n",
            "from dynaconf import Dynaconf\n",
        ],
    )
    def test_any_reading_will_do(self, tmp_path, text: str):
        source = code(tmp_path, ENGINE, **{"app/config.py": text})

        assert verdict(configuration_is_read_from_the_environment, source) == "pass"

    def test_nothing_to_configure(self, tmp_path):
        assert "nothing shows" in verdict(
            configuration_is_read_from_the_environment, code(tmp_path, "x = 1\n")
        )

    def test_a_library_has_no_configuration_of_its_own(self, tmp_path):
        source = project(tmp_path, {"lib/__init__.py": "", "lib/db.py": ENGINE})

        assert "no application" in verdict(configuration_is_read_from_the_environment, source)


class TestOnePlace:
    @pytest.mark.parametrize("read", ["os.getenv('A')", "os.environ['A']", "os.environ.get('A', 'b')"])
    def test_a_variable_that_is_read_in_the_middle(self, tmp_path, read: str):
        source = code(tmp_path, f"import os\ndef f():\n    return {read}\n")

        assert places(environment_is_read_in_one_place, source) == ["app/db.py:3"]

    @pytest.mark.parametrize(
        "file",
        [
            "app/config.py",
            "app/core/settings.py",
            "app/settings/base.py",
            "app/cli.py",
            "app/__main__.py",
            "app/db_config.py",
        ],
    )
    def test_settings_and_command_lines_are_free(self, tmp_path, file: str):
        source = code(tmp_path, "", **{file: "import os\nA = os.getenv('A')\n"})

        assert verdict(environment_is_read_in_one_place, source) == "pass"

    @pytest.mark.parametrize(
        "text",
        [
            "import os\nos.environ['A'] = '1'\n",
            "import os\nenvironment = dict(os.environ)\n",
            "import os\nX = os.environ.get('HOME')\n",
            "import os\nclass S:\n    a = os.getenv('A')\n",
            "import os\nif __name__ == '__main__':\n    print(os.getenv('A'))\n",
            "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: str\n",
        ],
    )
    def test_what_is_no_reading_of_configuration(self, tmp_path, text: str):
        assert verdict(environment_is_read_in_one_place, code(tmp_path, text)) != "violation"


class TestAddresses:
    @pytest.mark.parametrize(
        "text",
        [
            "X = create_engine('postgresql://db/app')\n",
            "REDIS = 'redis://localhost:6379/0'\n",
            "def f(url='http://localhost:11434/v1'): ...\n",
            "X = client(base_url='https://10.0.0.7:8443')\n",
            "ORIGINS = ['http://127.0.0.1:3000']\n",
            "X = f'mongodb://mongo/{name}'\n",
        ],
    )
    def test_an_address_in_the_code(self, tmp_path, text: str):
        assert len(places(code_holds_no_address, code(tmp_path, text))) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "'''redis://localhost'''\n",
            "def f(port):\n    return f'http://127.0.0.1:{port}/'\n",
            "def f(url):\n    '''http://localhost:8000/docs'''\n    return url.startswith('redis://localhost')\n",
            "X = Field(examples=['http://localhost:8000'], description='postgresql://db/app')\n",
            "X = 'https://api.stripe.com/v1'\nY = 'postgresql://'\nZ = f'redis://{host}'\n",
            "X = url.replace('postgres://x', 'postgresql://x')\nif url == 'redis://x': pass\n",
            "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    url: str = 'redis://localhost'\n",
            "import os\nX = os.getenv('URL', 'redis://localhost')\n",
            "HOST = '0.0.0.0'\n",
        ],
    )
    def test_what_is_none_or_only_described(self, tmp_path, text: str):
        assert places(code_holds_no_address, code(tmp_path, text)) == []

    def test_settings_and_command_lines_may_hold_one(self, tmp_path):
        text = "X = 'redis://localhost'\n"

        assert (
            verdict(code_holds_no_address, code(tmp_path, "", **{"app/config.py": text, "app/cli.py": text}))
            == "pass"
        )


READING = "import os\nA = os.getenv('A')\n"


class TestFiles:
    @pytest.mark.parametrize(
        "name",
        [
            ".env.example",
            ".env.sample",
            "env.template",
            "example.env",
            "docker/.env.example",
            ".env.dev.example",
        ],
    )
    def test_a_template_by_any_name(self, tmp_path, name: str):
        source = code(tmp_path, READING, **{name: "A=\n", ".gitignore": "", "pyproject.toml": ""})

        assert verdict(variables_have_a_template, source) == "pass"

    @pytest.mark.parametrize("missing", [".env.example", ".gitignore"])
    def test_one_of_the_two_is_missing(self, tmp_path, missing: str):
        files = {".env.example": "A=\n", ".gitignore": "", "pyproject.toml": ""}
        source = code(tmp_path, READING, **{name: text for name, text in files.items() if name != missing})

        assert verdict(variables_have_a_template, source) == "violation"

    def test_they_may_lie_beside_the_code_or_at_the_top(self, tmp_path):
        (tmp_path / ".git").mkdir()
        (tmp_path / ".gitignore").write_text(".env\n")
        source = code(tmp_path / "services" / "one", READING, **{".env.example": "A=\n"})

        assert verdict(variables_have_a_template, source) == "pass"

    def test_a_folder_that_is_no_project_proves_nothing(self, tmp_path):
        assert "may lie above" in verdict(variables_have_a_template, code(tmp_path, READING))

    def test_without_variables_there_is_nothing_to_name(self, tmp_path):
        source = code(tmp_path, "x = 1\n", **{"pyproject.toml": ""})

        assert "nothing is read" in verdict(variables_have_a_template, source)
