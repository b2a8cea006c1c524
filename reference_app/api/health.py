"""Whether the service can do its work."""

from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from reference_app.dependencies import DatabaseDep
from reference_app.schemas.common import HealthResponse, UnhealthyResponse

router = APIRouter(tags=["health"])


@router.get(
    "/health",
    response_model=HealthResponse,
    responses={503: {"model": UnhealthyResponse, "description": "The database does not answer"}},
    summary="Is the service healthy?",
)
async def get_health(database: DatabaseDep) -> HealthResponse | JSONResponse:
    """200 while the service and its database answer, 503 otherwise."""
    if await database.is_up():
        return HealthResponse()
    return JSONResponse(UnhealthyResponse().model_dump(), HTTPStatus.SERVICE_UNAVAILABLE)
