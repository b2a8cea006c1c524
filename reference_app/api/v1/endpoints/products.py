"""Products."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from reference_app.api.deps import CurrentUser, PaginationDep, RowId, Search
from reference_app.api.errors import created, documented
from reference_app.dependencies import ProductServiceDep
from reference_app.models.product import Product
from reference_app.schemas.product import ProductCreate, ProductListResponse, ProductResponse, ProductUpdate

router = APIRouter(prefix="/products", tags=["products"])


@router.get("", responses=documented(401, 403, 422), summary="List products")
async def get_products(
    _current_user: CurrentUser, service: ProductServiceDep, pagination: PaginationDep, search: Search = ""
) -> ProductListResponse:
    """Products, the newest first, whose name or description contains `search`."""
    products, total = await service.get_products(pagination.skip, pagination.page_size, search=search)
    return ProductListResponse.build(products, total, pagination.page, pagination.page_size)


@router.post(
    "",
    response_model=ProductResponse,
    status_code=HTTPStatus.CREATED,
    responses=created() | documented(401, 403, 409, 413, 422),
    summary="Create a product",
)
async def create_product(
    data: ProductCreate,
    request: Request,
    response: Response,
    current_user: CurrentUser,
    service: ProductServiceDep,
) -> Product:
    """Create a product. It belongs to whoever creates it."""
    product = await service.create_product(current_user, data)
    response.headers["Location"] = request.app.url_path_for("get_product", product_id=product.id)
    return product


@router.get(
    "/{product_id}",
    response_model=ProductResponse,
    responses=documented(401, 403, 404, 422),
    summary="Get a product",
)
async def get_product(product_id: RowId, _current_user: CurrentUser, service: ProductServiceDep) -> Product:
    """One product."""
    return await service.get_product(product_id)


@router.put(
    "/{product_id}",
    response_model=ProductResponse,
    responses=documented(401, 403, 404, 413, 422),
    summary="Update a product",
    operation_id="put_product",
)
@router.patch(
    "/{product_id}",
    response_model=ProductResponse,
    responses=documented(401, 403, 404, 413, 422),
    summary="Update a product",
    operation_id="patch_product",
)
async def update_product(
    product_id: RowId, data: ProductUpdate, current_user: CurrentUser, service: ProductServiceDep
) -> Product:
    """Change the fields that are sent. For the owner and for superusers."""
    return await service.update_product(current_user, product_id, data)


@router.delete(
    "/{product_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(401, 403, 404, 422),
    summary="Delete a product",
)
async def delete_product(product_id: RowId, current_user: CurrentUser, service: ProductServiceDep) -> None:
    """Delete a product. For the owner and for superusers."""
    await service.delete_product(current_user, product_id)
