"""Which layer a module belongs to, and which modules import which."""

from __future__ import annotations

from pathlib import Path

from compliance.source.layers import dependencies
from tests.source.projects import Text, project

ROUTES = """
    from fastapi import APIRouter
    router = APIRouter()

    @router.get("/things")
    async def list_things() -> list[str]:
        return []
"""
TABLE = """
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "things"
        id: Mapped[int] = mapped_column(primary_key=True)
"""
MAIN = "from fastapi import FastAPI\napp = FastAPI()\n"


def layers(folder: Path, files: Text, stated: dict[str, list[str]] | None = None) -> dict[str, str]:
    source = project(folder, files, layers=stated)
    return {name: one.layer for name, one in source.layers.items()}


def test_the_tree_of_the_standard(tmp_path: Path) -> None:
    assert layers(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/main.py": MAIN,
            "app/api/v1/endpoints/things.py": ROUTES,
            "app/api/deps.py": "",
            "app/core/config.py": "",
            "app/services/thing_service.py": "import app.core.config\n",
            "app/repositories/thing_repository.py": "",
            "app/models/thing.py": TABLE,
            "app/schemas/thing.py": "",
            "app/dependencies.py": "",
        },
    ) == {
        "app": "",
        "app.main": "root",
        "app.api.v1.endpoints.things": "api",
        "app.api.deps": "dependencies",
        "app.core.config": "shared",
        "app.services.thing_service": "services",
        "app.repositories.thing_repository": "repositories",
        "app.models.thing": "models",
        "app.schemas.thing": "schemas",
        "app.dependencies": "dependencies",
    }


def test_a_package_by_domain(tmp_path: Path) -> None:
    known = layers(
        tmp_path,
        {
            "shop/main.py": "from shop.orders.router import router\n" + MAIN,
            "shop/orders/router.py": ROUTES,
            "shop/orders/service.py": "",
            "shop/orders/order_repository.py": "",
            "shop/orders/orm.py": TABLE,
            "shop/orders/schemas.py": "",
        },
    )

    assert known == {
        "shop.main": "root",
        "shop.orders.router": "api",
        "shop.orders.service": "services",
        "shop.orders.order_repository": "repositories",
        "shop.orders.orm": "models",
        "shop.orders.schemas": "schemas",
    }


def test_what_a_module_holds_outweighs_what_it_is_called(tmp_path: Path) -> None:
    known = layers(
        tmp_path,
        {
            "app/main.py": MAIN,
            "app/services/webhooks.py": ROUTES,
            "app/repositories/thing.py": TABLE,
            "app/models/payload.py": "import app\nfrom pydantic import BaseModel\nclass Payload(BaseModel):\n    x: int\n",
        },
    )

    assert known["app.services.webhooks"] == "api"
    assert known["app.repositories.thing"] == "models"
    assert known["app.models.payload"] == "schemas"


def test_a_name_of_the_protocol_alone_is_no_api(tmp_path: Path) -> None:
    known = layers(tmp_path, {"app/main.py": MAIN, "app/kit/http.py": "import app\nTIMEOUT = 3\n"})

    assert known["app.kit.http"] == "shared"


def test_flat_modules(tmp_path: Path) -> None:
    assert layers(
        tmp_path,
        {
            "main.py": "import models, crud\n" + MAIN,
            "models.py": TABLE,
            "crud.py": "",
            "things.py": "",
        },
    ) == {"main": "root", "models": "models", "crud": "repositories", "things": ""}


def test_what_a_person_states_outweighs_everything(tmp_path: Path) -> None:
    files = {
        "app/main.py": MAIN,
        "app/billing/one.py": ROUTES + "\n    import app.main\n",
        "app/billing/deep/two.py": "",
    }

    assert layers(tmp_path, files, {"services": ["app.billing.*"]}) == {
        "app.main": "root",
        "app.billing.one": "services",
        "app.billing.deep.two": "",
    }
    assert layers(tmp_path, files, {"services": ["app.**.two"], "shared": ["app.**"]}) == {
        "app.main": "shared",
        "app.billing.one": "shared",
        "app.billing.deep.two": "services",
    }


def test_a_reason_is_told(tmp_path: Path) -> None:
    source = project(
        tmp_path,
        {"app/main.py": MAIN, "app/api/things.py": ROUTES + "\n    import app.main\n"},
        layers={"root": ["app.main"]},
    )

    assert source.layers["app.main"].reason == "configured: app.main"
    assert source.layers["app.api.things"].reason == "it has 1 route"


def test_an_import_leads_to_where_the_name_is_defined(tmp_path: Path) -> None:
    source = project(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/main.py": MAIN,
            "app/models/__init__.py": "from .thing import Thing\n",
            "app/models/thing.py": TABLE,
            "app/services/thing_service.py": """
                from typing import TYPE_CHECKING

                from app.models import Thing

                if TYPE_CHECKING:
                    from app.main import app
            """,
        },
    )

    found = {
        (one.imported.name, one.name, one.for_types)
        for one in dependencies(source.index)
        if one.importer.name == "app.services.thing_service"
    }

    assert found == {
        ("app.models.thing", "app.models.Thing", False),
        ("app.main", "app.main.app", True),
    }


def test_an_import_within_a_function_is_one_too(tmp_path: Path) -> None:
    source = project(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/main.py": "import app\n" + MAIN,
            "app/services/mail.py": "def send() -> None:\n    from app.main import app\n",
        },
    )

    assert ("app.main", 2) in [(one.imported.name, one.line) for one in dependencies(source.index)]


def test_enumerations_are_shared_wherever_they_lie(tmp_path: Path) -> None:
    known = layers(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/main.py": "import app\n" + MAIN,
            "app/services/kinds.py": "from enum import StrEnum\nclass Kind(StrEnum):\n    A = 'a'\n",
            "app/services/rules.py": "from enum import StrEnum\nclass Kind(StrEnum):\n    A = 'a'\ndef rule(): ...\n",
        },
    )

    assert known["app.services.kinds"] == "shared"
    assert known["app.services.rules"] == "services"


def test_the_base_of_tables_stands_beside_the_engine_too(tmp_path: Path) -> None:
    base = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n"
    known = layers(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/main.py": "import app\n" + MAIN,
            "app/database/core.py": base,
            "app/models/base.py": base,
        },
    )

    assert known["app.database.core"] == "shared"
    assert known["app.models.base"] == "models"


def test_a_manager_is_anything(tmp_path: Path) -> None:
    known = layers(
        tmp_path,
        {"app/__init__.py": "", "app/main.py": "import app\n" + MAIN, "app/core/cache_manager.py": "x = 1\n"},
    )

    assert known["app.core.cache_manager"] == "shared"


def test_a_package_called_like_a_layer_that_holds_them_all(tmp_path: Path) -> None:
    known = layers(
        tmp_path,
        {
            "api/__init__.py": "",
            "api/main.py": "import shared.words\nimport api.config\n" + MAIN,
            "api/config.py": "",
            "api/services/users.py": "",
            "api/routes/users.py": "",
            "shared/__init__.py": "",
            "shared/words.py": "",
        },
    )

    assert known["api.config"] == "shared"
    assert known["api.services.users"] == "services"
    assert known["api.routes.users"] == "api"


def test_layers_side_by_side_without_a_package(tmp_path: Path) -> None:
    known = layers(
        tmp_path,
        {
            "main.py": "import routers.users\nimport services.users\nimport repositories.users\n" + MAIN,
            "routers/users.py": "",
            "services/users.py": "",
            "repositories/users.py": "",
        },
    )

    assert known == {
        "main": "root",
        "routers.users": "api",
        "services.users": "services",
        "repositories.users": "repositories",
    }


GATHERING = """
    from fastapi import APIRouter
    from app.orders import endpoints

    router = APIRouter()
    router.include_router(endpoints.router)
"""


def test_what_gathers_routers_is_api_whatever_it_is_called(tmp_path: Path) -> None:
    found = layers(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/main.py": MAIN,
            "app/router.py": GATHERING,
            "app/orders/service.py": GATHERING,
            "app/orders/endpoints.py": ROUTES,
        },
    )

    assert (found["app.router"], found["app.orders.service"]) == ("api", "api")


def test_a_function_that_includes_routers_builds_the_application(tmp_path: Path) -> None:
    found = layers(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/setup.py": """
                from app.orders.endpoints import router

                def include(app) -> None:
                    app.include_router(router)
            """,
            "app/orders/endpoints.py": ROUTES,
        },
    )

    assert found["app.setup"] == "root"


def test_a_table_beside_its_repository_makes_no_model_of_it(tmp_path: Path) -> None:
    keeper = TABLE + "\n    class SqlThingRepository: ...\n"
    files = {"app/__init__.py": "", "app/repositories/sql.py": keeper, "app/things/sql.py": keeper}
    found = layers(tmp_path, files)
    assert (found["app.repositories.sql"], found["app.things.sql"]) == ("repositories", "models")


def test_a_repository_that_maps_its_table_itself_is_a_repository(tmp_path: Path) -> None:
    found = layers(tmp_path, {"app/__init__.py": "", "app/orders/order_repository.py": TABLE})

    assert found["app.orders.order_repository"] == "repositories"


def test_words_that_are_as_often_about_the_domain(tmp_path: Path) -> None:
    """A view of a graph, a table of a document, a gateway of payments; repositories of code and stores of workflows have services."""
    found = layers(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/graph/view.py": "class Node: ...\n",
            "app/sync/table.py": "class Sync: ...\n",
            "app/payments/gateway.py": "def pay() -> None: ...\n",
            "app/workflow/store/import_service.py": "class ImportService: ...\n",
            "app/registry/repositories/platform_service.py": "class PlatformService: ...\n",
            "app/registry/repositories/users.py": "class Users: ...\n",
        },
    )

    assert [found[f"app.{name}"] for name in ("graph.view", "sync.table", "payments.gateway")] == ["", "", ""]
    assert found["app.workflow.store.import_service"] == "services"
    assert found["app.registry.repositories.platform_service"] == "services"
    assert found["app.registry.repositories.users"] == "repositories"


def test_what_is_handed_the_application_and_adds_to_it_builds_it(tmp_path: Path) -> None:
    found = layers(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/setup.py": """
                from fastapi import FastAPI

                def add_pages(app: FastAPI) -> None:
                    @app.get("/docs")
                    async def docs() -> str:
                        return ""
            """,
        },
    )

    assert found["app.setup"] == "root"


def test_a_repository_of_code_keeps_no_rows(tmp_path: Path) -> None:
    source = project(
        tmp_path,
        {
            "app/main.py": (
                "from fastapi import FastAPI\nimport app.git.repository, app.users.repository, app.base.repository\n"
                "app = FastAPI()\n"
            ),
            "app/git/repository.py": "class Repository:\n    def clone(self, url: str) -> str:\n        return url\n",
            "app/users/repository.py": "class UserRepository:\n    def one(self, key):\n        return self.session.scalar(key)\n",
            "app/base/repository.py": "class ThingRepository(Base):\n    table = 'things'\n",
        },
    )
    placed = {name: one.layer for name, one in source.layers.items() if name.endswith("repository")}
    assert placed == {
        "app.git.repository": "",
        "app.users.repository": "repositories",
        "app.base.repository": "repositories",
    }
