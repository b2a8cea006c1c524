"""Which services and operations the tests of a project reach."""

from __future__ import annotations

import pytest

from compliance.rules.project.tests_of_operations import operations_are_tested, tests_have_a_client
from compliance.rules.project.tests_of_services import services_are_tested
from tests.source.projects import found, places, project, verdict

# Else pytest takes the rule for a test.
have_a_client = tests_have_a_client
del tests_have_a_client

APP = {
    "pyproject.toml": "",
    "app/__init__.py": "",
    "app/main.py": """
        from fastapi import FastAPI
        from app.api import items, users
        app = FastAPI()
        app.include_router(users.router, prefix="/api")
        app.include_router(items.router, prefix="/api/items")
        """,
    "app/api/__init__.py": "",
    "app/api/users.py": """
        from fastapi import APIRouter
        from app.services.users import UserService
        router = APIRouter(prefix="/users")

        @router.get("")
        async def list_users(): ...

        @router.get("/{user_id}")
        async def get_user(user_id: int): ...

        @router.delete("/{user_id}")
        async def delete_user(user_id: int): ...

        @router.websocket("/feed")
        async def feed(socket): ...
        """,
    "app/api/items.py": """
        from fastapi import APIRouter
        router = APIRouter()

        @router.get("/")
        async def list_items(): ...

        @router.get("/export", name="export-items")
        async def export_items(): ...

        @router.get("/files/{name:path}")
        async def get_file(name: str): ...
        """,
    "app/services/__init__.py": "",
    "app/services/users.py": "class UserService:\n    def find(self): ...\n",
}
ALL = """
    import pytest
    from httpx import ASGITransport, AsyncClient
    from app.main import app
    USERS = "/api/users"

    async def test_all(client):
        await client.get(USERS)
        await client.get(f"{USERS}/{1}")
        await client.delete(f"{USERS}/{1}", headers={})
        await client.get("/api/items/?page=1")
        await client.get(url="http://test/api/items/export")
        await client.get("/api/items/files/a/b/c")
    """


def shop(folder, tests: str, **others: str):
    return project(folder, {**APP, "tests/test_all.py": tests, **others})


def without(words: str) -> str:
    return "\n".join(line for line in ALL.splitlines() if words not in line)


class TestOperations:
    def test_each_is_called(self, tmp_path):
        assert verdict(operations_are_tested, shop(tmp_path, ALL)) == "pass"

    @pytest.mark.parametrize(
        ("words", "line"),
        [
            ("client.get(USERS)", "app/api/users.py:6"),
            ("client.delete", "app/api/users.py:12"),
            ("?page", "app/api/items.py:5"),
            ("export", "app/api/items.py:8"),
            ("files", "app/api/items.py:11"),
        ],
    )
    def test_one_is_not(self, tmp_path, words: str, line: str):
        tests = without(words).replace('USERS = "/api/users"', "") if "USERS)" in words else without(words)

        assert places(operations_are_tested, shop(tmp_path, tests)) == [line]

    @pytest.mark.parametrize(
        "instead",
        [
            "from app.api import items as i; await i.export_items()",
            "from app.api.items import export_items; await export_items()",
            "app.url_path_for('export-items')",
            "app.url_path_for('export_items')",
            "client.request('GET', '/items/export')",
            "[client.get(path) for path in ('/items/export', '/x')]",
            "client.get('/api/items/' + 'export')",
            "client.get('/api/items/%s' % what)",
            "client.get(f'{settings.PREFIX}/items/export')",
            "client.get(f'/api/items/{what}')",
        ],
    )
    def test_there_are_many_ways_to_call_one(self, tmp_path, instead: str):
        tests = without("export") + f"\n        {instead}\n"

        assert verdict(operations_are_tested, shop(tmp_path, tests)) == "pass"

    def test_a_client_that_knows_the_beginning_of_paths(self, tmp_path):
        tests = ALL.replace('"/api/users"', '"/users"').replace("/api/items", "/items")

        assert verdict(operations_are_tested, shop(tmp_path, tests)) == "pass"

    def test_a_path_that_comes_from_elsewhere_is_believed_for_nothing(self, tmp_path):
        tests = without("export") + "\n        client.get(f'{path}')\n        client.get(path)\n"

        assert places(operations_are_tested, shop(tmp_path, tests)) == ["app/api/items.py:8"]

    def test_an_engine_finds_them_by_itself(self, tmp_path):
        assert "engine" in verdict(operations_are_tested, shop(tmp_path, "import schemathesis\n"))

    def test_what_is_left_out_of_the_document_is_none_of_them(self, tmp_path):
        main = (
            APP["app/main.py"]
            + "\n        @app.get('/docs', include_in_schema=False)\n        def docs(): ...\n"
        )

        assert verdict(operations_are_tested, shop(tmp_path, ALL, **{"app/main.py": main})) == "pass"

    def test_no_tests(self, tmp_path):
        assert found(operations_are_tested, project(tmp_path, APP)).cause == "no tests"

    def test_no_tests_where_they_may_lie_elsewhere(self, tmp_path):
        source = project(tmp_path, {path: text for path, text in APP.items() if path.startswith("app")})

        assert "may lie above" in verdict(operations_are_tested, source)

    def test_no_operations(self, tmp_path):
        source = project(tmp_path, {"app/__init__.py": "", "app/a.py": "x = 1\n"})

        assert "no operation" in verdict(operations_are_tested, source)


class TestClient:
    __test__ = True

    @pytest.mark.parametrize(
        "text",
        [
            "from httpx import AsyncClient\n",
            "import httpx\nasync def f(c: httpx.AsyncClient): ...\n",
            "import httpx2\nclient = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))\n",
            "import httpx as h\nclient = h.AsyncClient(transport=h.ASGITransport(app))\n",
            "from async_asgi_testclient import TestClient\n",
            "import uvicorn\nserver = uvicorn.Server(c)\n",
            "import schemathesis\n",
            "from fastapi.testclient import TestClient\nfrom httpx import AsyncClient\n",
        ],
    )
    def test_an_asynchronous_client_or_a_server(self, tmp_path, text: str):
        assert verdict(have_a_client, shop(tmp_path, text)) == "pass"

    def test_a_synchronous_client(self, tmp_path):
        violation = found(
            have_a_client, shop(tmp_path, "import os\nfrom fastapi.testclient import TestClient\n")
        )

        assert violation.cause == "the client of the tests is synchronous"
        assert [str(place) for place in violation.proof] == ["tests/test_all.py:2"]

    def test_no_client(self, tmp_path):
        assert found(have_a_client, shop(tmp_path, "def test_a(): ...\n")).cause == "no test makes a client"


class TestServices:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("from app.services.billing import Billing\n", id="itself"),
            pytest.param("def test_a():\n    from app.services import billing\n", id="within a function"),
            pytest.param(
                "import app.main\n@patch('app.services.billing.Billing')\ndef f(): ...\n",
                id="patched",
            ),
        ],
    )
    def test_a_module_is_reached(self, tmp_path, text: str):
        source = shop(
            tmp_path,
            "import app.main\n",
            **{"app/services/billing.py": "class Billing: ...\n", "tests/b_test.py": text},
        )

        assert verdict(services_are_tested, source) == "pass"

    def test_through_the_application_that_a_text_names(self, tmp_path):
        assert (
            verdict(services_are_tested, shop(tmp_path, "COMMAND = ['uvicorn', 'app.main:app']\n")) == "pass"
        )

    def test_a_module_is_not_reached(self, tmp_path):
        source = shop(tmp_path, "import app.main\n", **{"app/services/billing.py": "class Billing: ...\n"})

        assert places(services_are_tested, source) == ["app/services/billing.py:1"]

    def test_a_package_that_only_gathers_does_nothing(self, tmp_path):
        source = shop(
            tmp_path,
            "import app.main\n",
            **{"app/services/all.py": "from app.services import users\nX = 1\n"},
        )

        assert verdict(services_are_tested, source) == "pass"

    def test_tests_that_run_the_service_from_outside(self, tmp_path):
        assert "from outside" in verdict(services_are_tested, shop(tmp_path, "import httpx\n"))

    def test_what_is_imported_by_name_nobody_knows(self, tmp_path):
        loading = "import importlib\ndef load(name):\n    return importlib.import_module(name)\n"
        source = shop(
            tmp_path,
            "import app.main\nimport app.plugins\n",
            **{"app/plugins.py": loading, "app/services/billing.py": "class Billing: ...\n"},
        )

        assert "app/plugins.py imports by name" in verdict(services_are_tested, source)

    def test_without_services_there_is_nothing_to_judge(self, tmp_path):
        source = project(tmp_path, {path: text for path, text in APP.items() if "services" not in path})

        assert "no module of services" in verdict(services_are_tested, source)
