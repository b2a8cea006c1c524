"""The application. Servers run `reference_app.main:app`; everything else calls `create_app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from reference_app.api import health
from reference_app.api.errors import install_error_handlers
from reference_app.api.middleware import BodyLimit, Paths, RequestContext
from reference_app.api.throttle import Throttle
from reference_app.api.v1.router import router as v1_router
from reference_app.core.config import Settings
from reference_app.core.security import Passwords, Tokens
from reference_app.db.migrate import migrate
from reference_app.db.session import Database
from reference_app.utils.logger import configure_logging, get_logger

logger = get_logger(__name__)


def create_app(settings: Settings | None = None) -> FastAPI:
    """An application of its own: it shares nothing with another one but the database its settings name.

    Raises `pydantic.ValidationError` if no settings are given and the environment has wrong ones.
    """
    settings = settings or Settings()
    configure_logging(settings.log_level)
    if settings.secret_key is None:
        logger.warning("ephemeral_secret_key", consequence="tokens end with this process; set SECRET_KEY")

    app = FastAPI(
        title="Reference application",
        version="1.0.0",
        lifespan=_lifespan,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.database = Database(settings)
    app.state.passwords = Passwords(settings)
    app.state.tokens = Tokens(settings)
    app.state.throttle = Throttle()

    app.include_router(health.router)
    app.include_router(v1_router)
    install_error_handlers(app)

    # The last one added is the first to see a request.
    app.add_middleware(Paths, routes=list(iter_route_contexts(app.routes)))
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    app.add_middleware(RequestContext)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    database: Database = app.state.database
    # A file is the application's own. A server's schema changes when whoever deploys says so.
    if database.is_sqlite:
        await migrate(database)
    yield
    await database.dispose()


def __getattr__(name: str) -> FastAPI:
    """`app`, made when a server first asks for it, so that importing this module configures nothing."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    app = globals()["app"] = create_app()
    return app
