"""Two requests that differ in one place, sent again after the row of the first has gone elsewhere."""

from __future__ import annotations

import pytest

from compliance.catalogue import Untested
from compliance.target.altering import put, send_altered
from tests.probes.test_hostile import Renaming
from tests.target.test_filling import running


def test_another_row_has_to_do_where_the_first_one_was_moved_or_deleted() -> None:
    service = Renaming()
    with running(service) as runner:
        target = runner.target
        update, delete = (
            next(one for one in target.contract.operations if one.label == f"{method} /notes/{{note_id}}")
            for method in ("PUT", "DELETE")
        )
        (notes,) = (one for one in target.contract.resources if one.collection == "/notes")
        made = target.create(notes, target.alice)
        first = target.call_on(made, update, **target.body(update, actor=target.alice))
        assert target.call_on(made, delete).ok

        tried = send_altered(target, update, first, put(("name",), ""))

        assert tried is not None
        assert (tried.control.status, tried.altered.status) == (200, 422)
        assert tried.altered.url != first.url
    assert service.notes == {}


def test_nothing_is_sent_where_nobody_is_known_who_could() -> None:
    with running(Renaming()) as runner:
        target = runner.target
        update = next(one for one in target.contract.operations if one.label == "PUT /notes/{note_id}")
        like = target.send(target.request(update, target.anonymous, {"note_id": "none"}))

        with pytest.raises(Untested):
            send_altered(target, update, like, put(("name",), ""))
