"""What answers many, where its items lie, and how one moves on."""

import pytest

from compliance.contract import understand
from compliance.contract.paging import as_written
from tests.contract.documents import OBJECT, answers, document, obj, query

ARRAY = {"type": "array", "items": OBJECT}
NUMBER = {"type": "integer"}
FILTER = {"type": "object", "properties": {"limit": NUMBER, "skip": NUMBER, "where": {"type": "object"}}}


def envelope(**properties):
    return {"type": "object", "properties": properties}


def get(schema=None, parameters=()):
    return {"get": {"parameters": list(parameters), "responses": answers(schema) if schema else {}}}


def only(paths):
    found = understand(document(paths)).lists
    return found[0] if len(found) == 1 else None


@pytest.mark.parametrize(
    ("schema", "items", "total", "pages"),
    [
        (ARRAY, (), None, None),
        (
            envelope(items=ARRAY, total=NUMBER, page=NUMBER, page_size=NUMBER, total_pages=NUMBER),
            ("items",),
            ("total",),
            ("total_pages",),
        ),
        (envelope(data=ARRAY, count=NUMBER), ("data",), ("count",), None),
        (envelope(things=ARRAY, thingsCount=NUMBER), ("things",), ("thingsCount",), None),
        (envelope(things=ARRAY, message={"type": "string"}), ("things",), None, None),
        (envelope(data=envelope(items=ARRAY, total=NUMBER)), ("data", "items"), ("data", "total"), None),
        (
            envelope(items=ARRAY, search_options=envelope(page=NUMBER, page_size=NUMBER, total_count=NUMBER)),
            ("items",),
            ("search_options", "total_count"),
            None,
        ),
        (
            envelope(items=ARRAY, account=envelope(limit=NUMBER, total_likes=NUMBER)),
            ("items",),
            None,
            None,
        ),
        (
            envelope(items=ARRAY, meta=envelope(total=NUMBER, pages=NUMBER)),
            ("items",),
            ("meta", "total"),
            ("meta", "pages"),
        ),
        (envelope(items=ARRAY, errors=ARRAY), ("items",), None, None),
        (
            envelope(data=ARRAY, pagination=envelope(offset=NUMBER, count=NUMBER, total=NUMBER)),
            ("data",),
            ("pagination", "total"),
            None,
        ),
        (
            {
                "anyOf": [
                    envelope(items=ARRAY, count=NUMBER),
                    envelope(items=ARRAY, count=NUMBER, next=NUMBER),
                ]
            },
            ("items",),
            ("count",),
            None,
        ),
        ({"oneOf": [ARRAY, {**ARRAY, "minItems": 1}]}, (), None, None),
    ],
)
def test_items(schema, items, total, pages):
    listing = only({"/things": get(schema)})
    assert (listing.items, listing.total, listing.pages) == (items, total, pages)


@pytest.mark.parametrize(
    "schema",
    [
        OBJECT,
        envelope(id=NUMBER, name=OBJECT, tags=ARRAY),
        envelope(roles=ARRAY, email=NUMBER, name=NUMBER),
        {"type": "object", "additionalProperties": NUMBER},
        {"anyOf": [envelope(items=ARRAY, count=NUMBER), envelope(id=NUMBER, name=OBJECT)]},
        {"anyOf": [ARRAY, envelope(items=ARRAY)]},
    ],
)
def test_no_list(schema):
    assert only({"/thing": get(schema)}) is None


@pytest.mark.parametrize(
    ("names", "style", "page", "size", "offset", "cursor"),
    [
        (["page", "page_size"], "page", "page", "page_size", None, None),
        (["currentPage", "pageSize"], "page", "currentPage", "pageSize", None, None),
        (["page", "items_per_page"], "page", "page", "items_per_page", None, None),
        (["skip", "limit"], "offset", None, "limit", "skip", None),
        (["offset"], "offset", None, None, "offset", None),
        (["cursor", "limit"], "cursor", None, "limit", None, "cursor"),
        (["limit"], "limit", None, "limit", None, None),
        (["q"], "none", None, None, None, None),
        ([], "none", None, None, None, None),
    ],
)
def test_style(names, style, page, size, offset, cursor):
    listing = only({"/things": get(ARRAY, query(*names))})
    found = (listing.style, listing.page, listing.size, listing.offset, listing.cursor)
    assert found == (style, page, size, offset, cursor)


@pytest.mark.parametrize(
    ("schema", "maximum", "default"),
    [
        ({"maximum": 100, "default": 10}, 100, 10),
        ({"exclusiveMaximum": 101}, 100, None),
        ({"maximum": 101, "exclusiveMaximum": True}, 100, None),
        ({"anyOf": [{"type": "integer", "maximum": 50}, {"const": "all"}]}, 50, None),
        ({"anyOf": [{"type": "integer", "maximum": 50}, {"type": "null"}], "default": 20}, 50, 20),
        ({"maximum": "100"}, None, None),
    ],
)
def test_size(schema, maximum, default):
    parameters = [{"name": "limit", "in": "query", "schema": schema}]
    listing = only({"/things": get(ARRAY, parameters)})
    assert (listing.size_maximum, listing.size_default) == (maximum, default)


def test_an_object_parameter_is_opened():
    pageable = [{"name": "pageable", "in": "query", "schema": envelope(page=NUMBER, size=NUMBER)}]
    listing = only({"/things": get(ARRAY, pageable)})
    assert (listing.style, listing.page, listing.size) == ("page", "page", "size")


@pytest.mark.parametrize(
    ("paths", "labels"),
    [
        ({"/things": get(None, query("page"))}, ["GET /things"]),
        ({"/things": get(), "/things/{id}": get(OBJECT)}, ["GET /things"]),
        ({"/things": get()}, []),
        ({"/posts/tag/{tag}": get(ARRAY)}, ["GET /posts/tag/{tag}"]),
        ({"/things": get(ARRAY), "/things/{thing_id}": get(ARRAY)}, ["GET /things"]),
        ({"/things/{key}": get(ARRAY) | {"delete": {}}}, []),
        ({"/health": get(ARRAY)}, []),
        ({"/.well-known/jwks.json": get(ARRAY)}, []),
    ],
)
def test_which(paths, labels):
    assert [listing.label for listing in understand(document(paths)).lists] == labels


def test_it_says_why():
    listing = only({"/things": get(envelope(data=ARRAY, total=NUMBER), query("skip", "limit"))})
    assert listing.reason == "GET /things: answers its items in 'data'; paged by 'skip'"


def style_of(*parameters, answer=ARRAY):
    listing = understand(
        document({"/a": {"get": {"parameters": list(parameters), "responses": answers(answer)}}})
    ).lists[0]
    return listing.style, listing.page or listing.offset or listing.cursor, listing.size


def parameter(name, **schema):
    return {"name": name, "in": "query", "schema": schema}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        # another language: the plain name is the number of the page, the qualified one its size
        ([("pagina", "integer"), ("tamanhoPagina", "integer")], ("page", "pagina", "tamanhoPagina")),
        ([("year", "integer"), ("yearTo", "integer")], ("none", None, None)),
        # what could be a number is one only if it says so
        ([("from", "string"), ("to", "string")], ("none", None, None)),
        ([("from", "integer"), ("size", "integer")], ("offset", "from", "size")),
        ([("count", "boolean")], ("none", None, None)),
        ([("first", "integer"), ("after", "string")], ("cursor", "after", "first")),
        ([("id_after", "string"), ("limit", "integer")], ("cursor", "id_after", "limit")),
        ([("created_after", "string"), ("limit", "integer")], ("limit", None, "limit")),
    ],
)
def test_names_that_are_not_plain(parameters, expected):
    assert style_of(*(parameter(name, type=kind) for name, kind in parameters)) == expected


def test_dates_page_only_where_they_are_called_a_cursor():
    moment = {"type": "string", "format": "date-time"}
    assert style_of(parameter("cursor", **moment), parameter("limit", type="integer"))[0] == "cursor"
    assert style_of(parameter("after", **moment), parameter("limit", type="integer"))[0] == "limit"


def test_bounds_and_defaults_of_a_page_in_an_unknown_language():
    page = parameter("sayfa", type="integer", minimum=1)
    size = parameter("sayfaBoyutu", type="integer", maximum=50, default=10)
    assert style_of(page, size) == ("page", "sayfa", "sayfaBoyutu")


def test_what_leads_on_and_what_counts():
    envelope = {
        "type": "object",
        "properties": {
            "items": ARRAY,
            "meta": obj("totalPaginas", "totalRegistros", "nextCursor"),
        },
    }
    paths = {"/a": {"get": {"parameters": query("cursor", "limit"), "responses": answers(envelope)}}}
    listing = understand(document(paths)).lists[0]
    assert listing.total == ("meta", "totalRegistros")
    assert listing.pages == ("meta", "totalPaginas")
    assert listing.next == ("meta", "nextCursor")


def test_the_one_array_of_a_paged_answer_whatever_stands_beside_it():
    report = {"type": "object", "properties": {"from": {}, "to": {}, "balance": {}, "rows_of_it": ARRAY}}
    parameters = query("pageNumber", "pageSize")
    assert style_of(*parameters, answer=report)[0] == "page"
    assert understand(document({"/a": {"get": {"responses": answers(report)}}})).lists == ()


@pytest.mark.parametrize(
    ("name", "many"), [("Iterable«User»", True), ("Page<User>", True), ("Listing", False)]
)
def test_a_list_by_the_name_of_its_empty_schema(name, many):
    found = {"200": {"schema": {"$ref": f"#/definitions/{name}"}}}
    whole = {
        "swagger": "2.0",
        "paths": {"/a": {"get": {"responses": found}}},
        "definitions": {name: {"type": "object"}},
    }
    assert len(understand(whole).lists) == many


@pytest.mark.parametrize(
    ("how", "sent"),
    [
        ({"content": {"application/json": {"schema": FILTER}}}, {"filter": '{"limit": 5, "skip": 10}'}),
        ({"style": "deepObject", "schema": FILTER}, {"filter[limit]": 5, "filter[skip]": 10}),
        ({"schema": FILTER}, {"limit": 5, "skip": 10}),
    ],
)
def test_what_stands_inside_a_parameter_is_sent_as_the_document_writes_it(how, sent):
    parameters = [{"name": "filter", "in": "query", **how}, {"name": "q", "in": "query", "schema": {}}]
    contract = understand(document({"/a": get(ARRAY, parameters)}))
    (found,) = contract.lists
    assert (found.style, found.size, found.offset) == ("offset", "limit", "skip")
    written = as_written(found.operation, {"q": "x", "limit": 5, "skip": 10}, contract.resolver)
    assert written == {"q": "x", **sent}
