"""All endpoints of version 1."""

from fastapi import APIRouter

from reference_app.api.v1.endpoints import auth, products, users

router = APIRouter(prefix="/api/v1")
router.include_router(auth.router)
router.include_router(users.router)
router.include_router(products.router)
