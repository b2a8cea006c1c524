"""What a list shows on conditions: whether that is all, whether the conditions were taken, and what nothing holds."""

from types import SimpleNamespace
from typing import Any

import pytest

from compliance.catalogue import Untested
from compliance.contract import understand
from compliance.contract.model import ListOperation
from compliance.target.listing import Page
from compliance.target.selections import Selection, Selections, is_sent, resource_of
from compliance.target.tape import Exchange

TEXT = {"type": "string"}
LIST = {
    "200": {"description": "", "content": {"application/json": {"schema": {"type": "array", "items": {}}}}}
}
BODY = {"content": {"application/json": {"schema": {"type": "object", "properties": {"full_name": TEXT}}}}}


def contract(*methods):
    get, post = {"responses": LIST}, {"requestBody": BODY, "responses": {"201": {"description": ""}}}
    operations = {name: one for name, one in (("get", get), ("post", post)) if name in methods}
    item = {"get": {"responses": {"200": {"description": ""}}}}
    return understand(
        {"openapi": "3.1.0", "info": {}, "paths": {"/things": operations, "/things/{thing_id}": item}}
    )


def target(*methods, tag="0123abcd") -> Any:
    return SimpleNamespace(contract=contract(*methods), tag=tag)


def selection(status=200, items=(), total=None, style="offset"):
    listing = ListOperation(contract("get").operations[0], (), style, offset="offset", size="limit")
    exchange = Exchange("alice", listing.label, "GET", "http://x/things", (), b"", status, (), b"[]")
    return Selection(listing, Page(exchange, tuple(items), total, None), target("get"), None, {})


@pytest.mark.parametrize(
    ("status", "refused"), [(200, False), (404, False), (400, True), (403, True), (422, True)]
)
def test_finding_nothing_is_no_refusal(status, refused):
    assert selection(status).refused is refused


@pytest.mark.parametrize(
    ("found", "complete"),
    [
        (selection(items=[{"id": 1}], style="none"), True),
        (selection(items=[{"id": 1}], total=1), True),
        (selection(items=[{"id": 1}], total=2), False),
        (selection(items=[{"id": 1}, {"id": 2}], total=1), False),
        (selection(), True),
        (selection(status=404), True),
    ],
)
def test_a_selection_is_complete_where_it_says_so(found, complete):
    assert found.complete is complete


def test_odd_words_share_nothing_with_the_words_of_the_run():
    selections = Selections(target(tag="0123abcd"))
    odd = [selections.odd_word(number) for number in range(5)]

    assert len(set(odd)) == 5
    assert all(word.isalpha() for word in odd)
    assert not set("".join(odd)) & set("0123abcd")


def test_the_words_of_the_run_are_told_with_the_fields_that_hold_them():
    item = {"id": 7, "name": "kit0123abcd9", "owner": {"email": "alice0123abcd@example.com"}, "note": "else"}

    assert Selections(target()).own_words(item) == [("name", "kit0123abcd9"), ("email", "alice0123abcd")]


def test_what_is_sent_is_known_in_any_spelling():
    known = target("get", "post")
    resource = resource_of(known, known.contract.lists[0])

    assert is_sent(known, resource, "fullName")
    assert not is_sent(known, resource, "id")


def test_a_list_in_which_nothing_is_created_tells_nothing_of_its_items():
    known = target("get")

    with pytest.raises(Untested):
        resource_of(known, known.contract.lists[0])
