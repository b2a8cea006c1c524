"""What answers many, where its items lie, and how one moves on."""

import pytest

from compliance.contract import understand
from tests.contract.documents import OBJECT, answers, document, query

ARRAY = {"type": "array", "items": OBJECT}
NUMBER = {"type": "integer"}


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
            envelope(items=ARRAY, meta=envelope(total=NUMBER, pages=NUMBER)),
            ("items",),
            ("meta", "total"),
            ("meta", "pages"),
        ),
        (envelope(items=ARRAY, errors=ARRAY), ("items",), None, None),
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
    ],
)
def test_which(paths, labels):
    assert [listing.label for listing in understand(document(paths)).lists] == labels


def test_it_says_why():
    listing = only({"/things": get(envelope(data=ARRAY, total=NUMBER), query("skip", "limit"))})
    assert listing.reason == "GET /things: answers its items in 'data'; paged by 'skip'"
