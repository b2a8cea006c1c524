"""Which parameters of a list search, filter and sort it: by their names, what the items show, and what the document says."""

import pytest

from compliance.contract import understand
from compliance.contract.selecting import filters_of, search_of
from compliance.contract.sorting import sorts_of
from compliance.contract.subjects import found_by_values
from tests.contract.documents import answers, corpus, corpus_names, document, needs_corpus

TEXT, NUMBER, SWITCH = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
COLOUR = {"type": "string", "enum": ["red", "blue"]}
ITEM = {
    "id": NUMBER,
    "name": TEXT,
    "is_active": SWITCH,
    "colour": COLOUR,
    "owner_id": NUMBER,
    "category_id": NUMBER,
    "rating": NUMBER,
    "language": TEXT,
    "password": TEXT,
    "price": TEXT,
    "start": TEXT,
    "tags": {"type": "array", "items": TEXT},
    "created_at": {"type": "string", "format": "date-time"},
}


def listing(*parameters, item=None):
    """A paged list with these query parameters, of (name, schema) or whole ones, and the contract that it is of."""
    schema = {"type": "array", "items": {"type": "object", "properties": ITEM if item is None else item}}
    paged = [("limit", NUMBER), ("offset", NUMBER)]
    query = [
        one if isinstance(one, dict) else {"name": one[0], "in": "query", "schema": one[1]}
        for one in [*paged, *parameters]
    ]
    contract = understand(document({"/things": {"get": {"parameters": query, "responses": answers(schema)}}}))
    return contract, contract.lists[0]


@pytest.mark.parametrize("name", ["search", "q", "query", "keyword", "searchTerm", "search_text"])
def test_a_search_is_known_by_its_name(name):
    assert search_of(*listing((name, TEXT))) == name


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("q", NUMBER),
        ("q", {"type": "string", "enum": ["new", "old"]}),
        ("q", {"type": "string", "format": "uuid"}),
        ("query", {"type": "string", "description": "A query in Lucene syntax"}),
        ("search", {"type": "string", "description": "Finds what is similar in meaning"}),
        ("name", TEXT),
        ("filter", TEXT),
    ],
)
def test_what_takes_more_or_less_than_words_is_no_search(name, schema):
    assert search_of(*listing((name, schema))) is None


def test_a_field_called_as_a_search_is_filtered_by():
    contract, found = listing(("keyword", TEXT), item={"keyword": TEXT})

    assert search_of(contract, found) is None
    assert [one.kind for one in filters_of(contract, found)] == ["text"]


@pytest.mark.parametrize(
    ("name", "schema", "field", "kind"),
    [
        ("is_active", SWITCH, "is_active", "boolean"),
        ("active", SWITCH, "is_active", "boolean"),
        ("isActive", SWITCH, "is_active", "boolean"),
        ("colour", COLOUR, "colour", "choice"),
        ("filter[colour]", COLOUR, "colour", "choice"),
        ("owner_id", NUMBER, "owner_id", "key"),
        ("ownerId", NUMBER, "owner_id", "key"),
        ("name", TEXT, "name", "text"),
    ],
)
def test_a_filter_is_known_by_the_field_that_it_names(name, schema, field, kind):
    (one,) = filters_of(*listing((name, schema)))

    assert (one.parameter, one.field, one.kind) == (name, field, kind)


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("active", TEXT),  # may take words of its own
        ("rating", NUMBER),  # may be the least one
        ("category_id", NUMBER),  # may hold others
        ("language", TEXT),  # may say how to answer
        ("password", TEXT),
        ("created_at", {"type": "string", "format": "date-time"}),
        ("tags", {"type": "array", "items": TEXT}),
        ("min_rating", NUMBER),
        ("id", NUMBER),
        ("shape", TEXT),
        ("price", TEXT),  # may be the greatest one
        ("start", TEXT),
        ("colour", {"type": "string", "enum": ["warm", "cold"]}),
    ],
)
def test_what_may_mean_something_else_is_no_filter(name, schema):
    assert filters_of(*listing((name, schema))) == ()


def test_what_has_to_be_said_is_no_filter():
    assert filters_of(*listing({"name": "name", "in": "query", "required": True, "schema": TEXT})) == ()


def test_values_that_stand_for_all_are_no_choices():
    (one,) = filters_of(*listing(("colour", {"type": "string", "enum": ["all", "red", "blue"]})))

    assert one.values == ("red", "blue")


def enum(*values):
    return {"type": "string", "enum": list(values)}


@pytest.mark.parametrize(
    ("parameters", "up", "down"),
    [
        ([("sort", enum("name", "-name"))], {"sort": "name"}, {"sort": "-name"}),
        ([("sort", enum("+name", "-name"))], {"sort": "+name"}, {"sort": "-name"}),
        ([("sort", enum("name_asc", "name_desc"))], {"sort": "name_asc"}, {"sort": "name_desc"}),
        ([("orderBy", enum("name:asc", "name:desc"))], {"orderBy": "name:asc"}, {"orderBy": "name:desc"}),
        ([("order", enum("nameAsc", "nameDesc"))], {"order": "nameAsc"}, {"order": "nameDesc"}),
        ([("sort", {"type": "string", "pattern": "^-?name$"})], {"sort": "name"}, {"sort": "-name"}),
        (
            [("sort_by", enum("name")), ("order", enum("asc", "desc"))],
            {"sort_by": "name", "order": "asc"},
            {"sort_by": "name", "order": "desc"},
        ),
        (
            [("order_by", enum("name")), ("direction", enum("ASC", "DESC"))],
            {"order_by": "name", "direction": "ASC"},
            {"order_by": "name", "direction": "DESC"},
        ),
        (
            [("sort", enum("name")), ("descending", SWITCH)],
            {"sort": "name", "descending": False},
            {"sort": "name", "descending": True},
        ),
        (
            [("sort_by", enum("name")), ("order", {"type": "string", "pattern": "^(asc|desc)$"})],
            {"sort_by": "name", "order": "asc"},
            {"sort_by": "name", "order": "desc"},
        ),
    ],
)
def test_the_document_says_how_a_list_is_sorted(parameters, up, down):
    (one,) = sorts_of(*listing(*parameters))

    assert (one.field, one.up, one.down) == ("name", up, (down,))
    assert one.directed
    assert one.named


def test_a_value_without_a_direction_may_mean_either():
    (one,) = sorts_of(*listing(("sort", enum("name", "newest"))))

    assert (one.up, one.down, one.directed) == ({"sort": "name"}, (), False)


def test_where_no_value_is_named_the_usual_ones_are_guesses():
    found = sorts_of(*listing(("ordering", TEXT)))

    assert [one.field for one in found] == ["id", "name", "created_at"]
    assert not any(one.named or one.directed for one in found)
    assert {"ordering": "-id"} in found[0].down


def test_a_field_in_the_description_is_named():
    (one,) = sorts_of(*listing(("sort", {"type": "string", "description": "A field, as in `-rating`"})))

    assert (one.field, one.named, one.directed) == ("rating", True, False)


@pytest.mark.parametrize(
    "parameters",
    [
        [("order", enum("asc", "desc", "random"))],  # of whatever
        [("sort", enum("colour", "-colour"))],  # an enumeration has an order of its own
        [("sort", enum("newest", "oldest"))],
        [("order_id", NUMBER)],
    ],
)
def test_what_names_no_field_with_an_order_of_its_own_sorts_by_none(parameters):
    assert sorts_of(*listing(*parameters)) == ()


def test_values_find_rows_in_lists_that_take_any_and_in_reads():
    contract, found = listing(("name", TEXT))

    assert list(found_by_values(contract)) == [found.operation]
    assert list(found_by_values(listing()[0])) == []


@needs_corpus
def test_in_documents_of_real_services_nothing_is_taken_for_what_it_is_not():
    searched, filtered, sorted_by = [], [], []
    for name in corpus_names():
        contract = understand(corpus(name))
        for one in contract.lists:
            found = search_of(contract, one)
            searched += [f"{one.label}?{found}"] if found else []
            filtered += [f"{filter_.kind} {filter_.field}" for filter_ in filters_of(contract, one)]
            sorted_by += [f"{one.label}: {sort.field}" for sort in sorts_of(contract, one)]

    assert searched == ["GET /api/v1/accounts/?search", "GET /api/v1/transactions/?search"]
    assert sorted_by == [
        f"GET /api/v0.1/unit/owners/list: {name}" for name in ("id", "last_name", "created_at")
    ]
    assert {one for one in filtered if not one.startswith("key ")} == {
        *(f"choice {name}" for name in ("account_type", "transaction_type", "status", "apparatus", "level")),
        *(f"choice {name}" for name in ("panel", "judge_role")),
        *(f"text {name}" for name in ("change_type", "country_code", "role", "country", "level")),
    }
